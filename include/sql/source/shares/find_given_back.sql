-- Purpose: what corrections gave back of the shares of changed transactions and milestones, and is not billed again; taken: what of
--          the share is billed, written off or given back beside it. Of several such parts the latest is the one that follows.
-- Parameters: none (reads changed_source).
-- Grain: one row per source and customer.
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

latest AS (
    SELECT DISTINCT ON (contract_id, source, source_id, customer_id) *
    FROM part
    WHERE state <> 'billed'
    ORDER BY contract_id ASC, source ASC, source_id ASC, customer_id ASC, part DESC
),

-- What a correction took back was posted with the opposite sign.
taken AS (
    SELECT
        latest.contract_id,
        latest.billable_id,
        p.quantity
    FROM latest
    INNER JOIN invoicing.posting AS p
        ON
            latest.contract_id = p.contract_id
            AND latest.customer_id = p.customer_id
            AND latest.source_id = CASE latest.source WHEN 'transaction' THEN p.transaction_id ELSE p.milestone_id END
    WHERE p.kind = 'billed_sales'
    UNION ALL
    SELECT
        latest.contract_id,
        latest.billable_id,
        part.quantity
    FROM latest
    INNER JOIN part
        ON
            latest.contract_id = part.contract_id
            AND latest.source = part.source
            AND latest.source_id = part.source_id
            AND latest.customer_id = part.customer_id
            AND latest.billable_id <> part.billable_id
    WHERE part.state = 'open'
)

SELECT
    latest.contract_id,
    latest.source,
    latest.source_id,
    latest.customer_id,
    latest.billable_id,
    latest.billing_type,
    latest.is_ready,
    coalesce(sum(taken.quantity), 0) AS taken_quantity
FROM latest
LEFT JOIN taken ON latest.contract_id = taken.contract_id AND latest.billable_id = taken.billable_id
GROUP BY
    latest.contract_id, latest.source, latest.source_id, latest.customer_id, latest.billable_id, latest.billing_type,
    latest.is_ready
