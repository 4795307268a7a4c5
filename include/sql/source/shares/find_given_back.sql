-- Purpose: what corrections gave back of the shares of changed transactions and milestones, and is not billed again; taken: what of
--          the share is billed, written off or given back beside it. Of several such parts the latest is the one that follows.
-- Parameters: none (reads changed_source).
-- Grain: one row per part.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE given_back ON COMMIT DROP AS
WITH part AS MATERIALIZED (
    SELECT
        changed.source_id,
        b.*
    FROM pg_temp.changed_source AS changed
    INNER JOIN invoicing.billable AS b ON changed.contract_id = b.contract_id AND changed.source_id = b.transaction_id
    WHERE
        changed.source = 'transaction'
        AND b.source = 'transaction'
        AND b.part > 1
    UNION ALL
    SELECT
        changed.source_id,
        b.*
    FROM pg_temp.changed_source AS changed
    INNER JOIN invoicing.billable AS b ON changed.contract_id = b.contract_id AND changed.source_id = b.milestone_id
    WHERE
        changed.source = 'milestone'
        AND b.source = 'milestone'
        AND b.part > 1
),

waiting AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY contract_id, source, source_id, customer_id ORDER BY part DESC) = 1 AS is_latest
    FROM part
    WHERE state <> 'billed'
),

-- What a correction took back was posted with the opposite sign.
taken AS (
    SELECT
        waiting.contract_id,
        waiting.billable_id,
        p.quantity
    FROM waiting
    INNER JOIN invoicing.posting AS p
        ON
            waiting.contract_id = p.contract_id
            AND waiting.customer_id = p.customer_id
            AND waiting.source_id = CASE waiting.source WHEN 'transaction' THEN p.transaction_id ELSE p.milestone_id END
    WHERE p.kind = 'billed_sales'
    UNION ALL
    SELECT
        waiting.contract_id,
        waiting.billable_id,
        part.quantity
    FROM waiting
    INNER JOIN part
        ON
            waiting.contract_id = part.contract_id
            AND waiting.source = part.source
            AND waiting.source_id = part.source_id
            AND waiting.customer_id = part.customer_id
            AND waiting.billable_id <> part.billable_id
    WHERE part.state = 'open'
)

SELECT
    waiting.*,
    coalesce(elsewhere.quantity, 0) AS taken_quantity
FROM waiting
LEFT JOIN (
    SELECT
        contract_id,
        billable_id,
        sum(quantity) AS quantity
    FROM taken
    GROUP BY contract_id, billable_id
) AS elsewhere ON waiting.contract_id = elsewhere.contract_id AND waiting.billable_id = elsewhere.billable_id
