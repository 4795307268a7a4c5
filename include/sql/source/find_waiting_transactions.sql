-- Purpose: transactions of the warehouse that were recorded as nobody's unbilled sales, since their line had no customers
--          to bill; now that it has, they are recorded too.
-- Parameters: none (reads line_splits and staged_transactions, adds to changed_transactions, without file_line).
-- Grain: one row per transaction that is not in the delivered.
-- May be repeated: once a load.
INSERT INTO pg_temp.changed_transactions (
    contract_id, transaction_id, contract_line_id, customer_id, transaction_class, transaction_date, quantity, unit_price,
    amount, tax_amount, billing_type, billing_status, difference
)
SELECT
    waiting.contract_id,
    waiting.transaction_id,
    waiting.contract_line_id,
    waiting.customer_id,
    waiting.transaction_class,
    waiting.transaction_date,
    waiting.quantity,
    waiting.unit_price,
    waiting.amount,
    waiting.tax_amount,
    waiting.billing_type,
    waiting.billing_status,
    'waiting' AS difference
FROM invoicing.transaction AS waiting
INNER JOIN pg_temp.line_splits AS split
    ON waiting.contract_id = split.contract_id AND waiting.contract_line_id = split.contract_line_id
LEFT JOIN pg_temp.staged_transactions AS delivered
    ON waiting.contract_id = delivered.contract_id AND waiting.transaction_id = delivered.transaction_id
WHERE
    NOT split.was_shared
    AND waiting.customer_id IS NULL
    AND delivered.contract_id IS NULL
