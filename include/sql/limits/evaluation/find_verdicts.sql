-- Purpose: evaluate the shares against their limits: first those that were admitted before, then by date, transaction and customer.
-- Parameters: none (reads evaluated_share, evaluated_limit).
-- Grain: one row in pg_temp.verdict per share of which another verdict or other figures are recorded; limit_status is null where no limit
-- holds for it, is_changed whether it was another.
-- May be repeated: once drop_evaluated has dropped the table.
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH contract AS MATERIALIZED (
    SELECT
        contract_id,
        array_agg(used_amount ORDER BY number) AS used,
        array_agg(limit_amount ORDER BY number) AS caps
    FROM pg_temp.evaluated_limit
    GROUP BY contract_id
),

numbered AS (
    SELECT
        share.*,
        ARRAY[of_line_customer.number, of_line.number, of_customer.number, of_contract.number] AS numbers
    FROM pg_temp.evaluated_share AS share
    LEFT JOIN pg_temp.evaluated_limit AS of_line_customer
        ON
            share.contract_id = of_line_customer.contract_id
            AND share.contract_line_id = of_line_customer.contract_line_id
            AND share.customer_id = of_line_customer.customer_id
            AND of_line_customer.level = 'contract_line_customer'
    LEFT JOIN pg_temp.evaluated_limit AS of_line
        ON
            share.contract_id = of_line.contract_id
            AND share.contract_line_id = of_line.contract_line_id
            AND of_line.level = 'contract_line'
    LEFT JOIN pg_temp.evaluated_limit AS of_customer
        ON
            share.contract_id = of_customer.contract_id
            AND share.customer_id = of_customer.customer_id
            AND of_customer.level = 'contract_customer'
    LEFT JOIN pg_temp.evaluated_limit AS of_contract
        ON share.contract_id = of_contract.contract_id AND of_contract.level = 'contract'
    WHERE share.is_tested
),

evaluated AS (
    SELECT
        numbered.contract_id,
        numbered.billable_id,
        rules.evaluate_shares(
            contract.used, contract.caps, numbered.numbers, numbered.amount, numbered.held_amount, numbered.is_certain
        ) OVER (
            PARTITION BY numbered.contract_id
            ORDER BY
                numbered.is_certain DESC, numbered.transaction_date ASC, numbered.transaction_id ASC,
                numbered.customer_id ASC, numbered.billable_id ASC
            ROWS UNBOUNDED PRECEDING
        ) AS state
    FROM numbered
    INNER JOIN contract ON numbered.contract_id = contract.contract_id
    WHERE num_nonnulls(VARIADIC numbered.numbers) > 0
),

judged AS (
    SELECT
        share.*,
        cast(CASE
            WHEN evaluated.state[1] = 0 THEN 'committed'
            WHEN evaluated.state[1] > 0 THEN 'failed'
        END AS invoicing.limit_status) AS new_status,
        cap.level AS new_level,
        cap.limit_amount AS new_amount,
        CASE WHEN cap.number IS NOT NULL THEN evaluated.state[cap.number + 1] END AS new_used
    FROM pg_temp.evaluated_share AS share
    LEFT JOIN evaluated ON share.contract_id = evaluated.contract_id AND share.billable_id = evaluated.billable_id
    LEFT JOIN pg_temp.evaluated_limit AS cap
        ON evaluated.contract_id = cap.contract_id AND evaluated.state[1] = cap.number
)

SELECT
    contract_id,
    billable_id,
    new_status AS limit_status,
    new_level AS limit_level,
    new_amount AS limit_amount,
    new_used AS limit_used,
    (limit_status IS DISTINCT FROM new_status) AS is_changed
FROM judged
WHERE
    (limit_status, limit_level, limit_amount, limit_used)
    IS DISTINCT FROM (new_status, new_level, new_amount, new_used)
