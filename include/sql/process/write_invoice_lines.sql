-- Purpose: the lines of the drafts with their sums.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: one invoice line per invoice and contract line.
-- May be repeated: a line that says the same already is not touched.
INSERT INTO invoicing.invoice_line AS line (
    contract_id, invoice_id, contract_line_id,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    chargeable_amount,
    non_chargeable_amount,
    complimentary_amount,
    tax_amount,
    detail_count
FROM invoicing.run_invoice_line
WHERE
    run_id = :run_id
    AND slot BETWEEN :first_slot AND :last_slot
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
