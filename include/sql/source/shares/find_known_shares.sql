-- Purpose: the shares that customers have in the changed transactions and milestones so far.
-- Parameters: none (reads changed_source).
-- Grain: one row per source and customer.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE known_share ON COMMIT DROP AS
SELECT
    b.source,
    b.contract_id,
    b.transaction_id AS source_id,
    b.customer_id,
    b.billable_id,
    b.billing_type,
    b.state,
    b.is_ready
FROM pg_temp.changed_source AS changed
INNER JOIN invoicing.billable AS b
    ON changed.contract_id = b.contract_id AND changed.source_id = b.transaction_id
WHERE
    changed.source = 'transaction'
    AND b.source = 'transaction'
    AND b.part = 1
UNION ALL
SELECT
    b.source,
    b.contract_id,
    b.milestone_id AS source_id,
    b.customer_id,
    b.billable_id,
    b.billing_type,
    b.state,
    b.is_ready
FROM pg_temp.changed_source AS changed
INNER JOIN invoicing.billable AS b
    ON changed.contract_id = b.contract_id AND changed.source_id = b.milestone_id
WHERE
    changed.source = 'milestone'
    AND b.source = 'milestone'
    AND b.part = 1
