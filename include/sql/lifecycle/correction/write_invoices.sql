-- Purpose: the headers of corrective drafts; their details and totals follow.
-- Parameters: invoice_ids (confirmed invoices), run_date (the day of the correction), change_id.
-- Grain: one draft per invoice.
-- May be repeated: no, the billed sales that they correct can be corrected once.
INSERT INTO invoicing.invoice (
    contract_id, invoice_id, customer_id, currency, run_date, origin, corrects_invoice_id, version
)
SELECT
    i.contract_id,
    gen_random_uuid() AS invoice_id,
    i.customer_id,
    i.currency,
    cast(:run_date AS date) AS run_date,
    'corrective' AS origin,
    i.invoice_id AS corrects_invoice_id,
    cast(:change_id AS bigint) AS version
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
RETURNING contract_id, invoice_id
