-- Purpose: record the shares that are new, in the order of their sources and customers.
-- Parameters: change_id (reads share).
-- Grain: one billable per source and customer: an unbilled sales actual, where the source is a transaction.
-- May be repeated: no; a share that is there already breaks a unique key.
INSERT INTO invoicing.billable (
    contract_id, contract_line_id, customer_id, source, transaction_id, milestone_id, is_sale, transaction_class,
    transaction_date, quantity, unit_price, amount, tax_amount, billing_type, state, is_ready, change_id,
    split_percent, is_rounding_share
)
SELECT
    contract_id,
    contract_line_id,
    customer_id,
    source,
    CASE WHEN source = 'transaction' THEN source_id END AS transaction_id,
    CASE WHEN source = 'milestone' THEN source_id END AS milestone_id,
    source = 'transaction' AS is_sale,
    transaction_class,
    transaction_date,
    quantity,
    unit_price,
    amount,
    tax_amount,
    billing_type,
    state,
    is_ready,
    cast(:change_id AS bigint) AS change_id,
    split_percent,
    is_rounding_share
FROM pg_temp.share
WHERE billable_id IS NULL
ORDER BY contract_id ASC, source ASC, source_id ASC, customer_id ASC
