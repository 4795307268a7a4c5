-- Purpose: the lines of drafts with the sums of their details.
-- Parameters: contract_ids, invoice_ids.
-- Grain: one invoice line per invoice and contract line that has details.
-- May be repeated: a line that says the same already is not touched.
INSERT INTO invoicing.invoice_line AS line (
    contract_id, invoice_id, contract_line_id,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    sum(CASE WHEN billing_type = 'chargeable' THEN amount ELSE 0 END) AS chargeable_amount,
    sum(CASE WHEN billing_type = 'non_chargeable' THEN amount ELSE 0 END) AS non_chargeable_amount,
    sum(CASE WHEN billing_type = 'complimentary' THEN amount ELSE 0 END) AS complimentary_amount,
    sum(CASE WHEN billing_type = 'chargeable' THEN tax_amount ELSE 0 END) AS tax_amount,
    count(*) AS detail_count
FROM invoicing.invoice_line_detail
WHERE
    contract_id = any(cast(:contract_ids AS text[]))
    AND invoice_id = any(cast(:invoice_ids AS uuid[]))
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
