-- Purpose: the limits of the contracts of waiting shares, numbered by contract, and how much of each is taken by everything else.
-- Parameters: none (reads waiting_share).
-- Grain: one row per limit in pg_temp.evaluated_limit.
-- May be repeated: once drop_evaluated has dropped the table.
CREATE TEMPORARY TABLE evaluated_limit ON COMMIT DROP AS
WITH taken AS MATERIALIZED (
    SELECT
        claim.contract_id,
        claim.level,
        claim.contract_line_id,
        claim.customer_id,
        sum(claim.committed_amount + claim.invoiced_amount) AS amount
    FROM (SELECT DISTINCT contract_id FROM pg_temp.waiting_share) AS touched
    INNER JOIN rules.limit_claim AS claim ON touched.contract_id = claim.contract_id
    LEFT JOIN pg_temp.waiting_share AS waiting
        ON claim.contract_id = waiting.contract_id AND claim.billable_id = waiting.billable_id
    WHERE waiting.billable_id IS NULL
    GROUP BY claim.contract_id, claim.level, claim.contract_line_id, claim.customer_id
)

SELECT
    cap.contract_id,
    cap.level,
    cap.contract_line_id,
    cap.customer_id,
    cap.limit_amount,
    cast(row_number() OVER (
        PARTITION BY cap.contract_id ORDER BY cap.level, cap.contract_line_id, cap.customer_id
    ) AS integer) AS number,
    coalesce(taken.amount, 0) AS used_amount
FROM (SELECT DISTINCT contract_id FROM pg_temp.waiting_share) AS touched
INNER JOIN rules.contract_limit AS cap ON touched.contract_id = cap.contract_id
LEFT JOIN taken
    ON
        cap.contract_id = taken.contract_id
        AND cap.level = taken.level
        AND cap.contract_line_id = taken.contract_line_id
        AND cap.customer_id = taken.customer_id
