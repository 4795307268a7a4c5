-- Purpose: the headers of corrective drafts; their details and totals follow.
-- Parameters: invoice_ids (confirmed invoices), run_date (the day of the correction).
-- Grain: one draft per invoice.
-- May be repeated: no, the billed sales that they correct can be corrected once.
INSERT INTO invoicing.invoice (
    contract_id, invoice_id, customer_id, currency, run_date, origin, corrects_invoice_id, version,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    contract_id,
    gen_random_uuid() AS invoice_id,
    customer_id,
    currency,
    cast(:run_date AS date) AS run_date,
    'corrective' AS origin,
    invoice_id AS corrects_invoice_id,
    0 AS version,
    0 AS chargeable_amount,
    0 AS non_chargeable_amount,
    0 AS complimentary_amount,
    0 AS tax_amount
FROM invoicing.invoice
WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
RETURNING contract_id, invoice_id
