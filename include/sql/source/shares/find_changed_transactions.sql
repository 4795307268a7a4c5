-- Purpose: the transactions of a load that bill otherwise than the warehouse has it, before they are taken over.
-- Parameters: none (reads changed_transactions, fills changed_source).
-- Grain: one row per transaction that is new, or differs in something that bills.
-- May be repeated: once a load.
INSERT INTO pg_temp.changed_source (
    source, contract_id, source_id, file_line, contract_line_id, customer_id, transaction_class, transaction_date, quantity,
    unit_price, amount, tax_amount, billing_type, billing_status, says_status, says_billing_type
)
SELECT
    'transaction' AS source,
    changed.contract_id,
    changed.transaction_id AS source_id,
    changed.file_line,
    changed.contract_line_id,
    changed.customer_id,
    changed.transaction_class,
    changed.transaction_date,
    changed.quantity,
    changed.unit_price,
    changed.amount,
    changed.tax_amount,
    changed.billing_type,
    cast(changed.billing_status AS text) AS billing_status,
    changed.is_new OR changed.billing_status <> t.billing_status AS says_status,
    changed.is_new OR changed.billing_type <> t.billing_type AS says_billing_type
FROM pg_temp.changed_transactions AS changed
LEFT JOIN invoicing.transaction AS t
    ON changed.contract_id = t.contract_id AND changed.transaction_id = t.transaction_id
WHERE
    changed.is_new
    OR (
        changed.contract_line_id, changed.customer_id, changed.transaction_class, changed.transaction_date,
        changed.quantity, changed.unit_price, changed.amount, changed.tax_amount, changed.billing_type,
        changed.billing_status
    ) IS DISTINCT FROM (
        t.contract_line_id, t.customer_id, t.transaction_class, t.transaction_date,
        t.quantity, t.unit_price, t.amount, t.tax_amount, t.billing_type, t.billing_status
    )
