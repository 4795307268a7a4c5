-- Purpose: invoices as they stand after something was done to them.
-- Parameters: invoice_ids.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    contract_id,
    invoice_id,
    invoice_number,
    customer_id,
    currency,
    run_date,
    origin,
    status,
    version,
    total_amount
FROM invoicing.invoice
WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
ORDER BY contract_id ASC, customer_id ASC, invoice_id ASC
