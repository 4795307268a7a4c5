-- Purpose: the lines of the drafts with their sums.
-- Parameters: attempt_id, bucket.
-- Grain: one invoice line per draft and contract line.
-- May be repeated: a line that says the same already is not touched.
INSERT INTO invoicing.invoice_line AS line (
    contract_id, invoice_id, contract_line_id,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS chargeable_amount,
    coalesce(sum(amount) FILTER (WHERE billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
    coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0) AS complimentary_amount,
    coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS tax_amount,
    sum(billables) AS detail_count
FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
    AND reason = 'invoiced'
GROUP BY contract_id, invoice_id, contract_line_id
ON CONFLICT (contract_id, invoice_id, contract_line_id) DO UPDATE SET
    chargeable_amount = excluded.chargeable_amount,
    non_chargeable_amount = excluded.non_chargeable_amount,
    complimentary_amount = excluded.complimentary_amount,
    tax_amount = excluded.tax_amount,
    detail_count = excluded.detail_count
WHERE
(
    line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount,
    line.tax_amount, line.detail_count
)
IS DISTINCT FROM
(
    excluded.chargeable_amount, excluded.non_chargeable_amount, excluded.complimentary_amount,
    excluded.tax_amount, excluded.detail_count
)
