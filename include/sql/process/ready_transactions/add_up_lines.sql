-- Purpose: add up what was selected of a bucket.
-- Parameters: attempt_id, bucket.
-- Grain: one row in run_line per line, customer, run date, reason, billing type and kind.
-- May be repeated: once the attempt's rows of this bucket are gone.
INSERT INTO invoicing.run_line (
    attempt_id, bucket, contract_id, contract_line_id, customer_id, invoice_id, run_date, reason, billing_type, is_sale,
    billables, unchanged, amount, tax_amount
)
SELECT
    attempt_id,
    bucket,
    contract_id,
    contract_line_id,
    customer_id,
    invoice_id,
    run_date,
    reason,
    billing_type,
    is_sale,
    count(*) AS billables,
    count(*) FILTER (WHERE is_unchanged) AS unchanged,
    sum(amount) AS amount,
    sum(tax_amount) AS tax_amount
FROM invoicing.run_selection
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
GROUP BY
    attempt_id, bucket, contract_id, contract_line_id, customer_id, invoice_id, run_date, reason, billing_type, is_sale
