-- Purpose: the lines of drafts with the sums of their details.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order).
-- Grain: one invoice line per invoice and contract line that has details.
-- May be repeated: a line that says the same already is not touched.
INSERT INTO invoicing.invoice_line AS line (
    contract_id, invoice_id, contract_line_id,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    sum(d.chargeable_amount) AS chargeable_amount,
    sum(d.non_chargeable_amount) AS non_chargeable_amount,
    sum(d.complimentary_amount) AS complimentary_amount,
    sum(d.tax_amount) AS tax_amount,
    count(*) AS detail_count
FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
INNER JOIN rules.detail_amount AS d ON draft.contract_id = d.contract_id AND draft.invoice_id = d.invoice_id
GROUP BY d.contract_id, d.invoice_id, d.contract_line_id
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
