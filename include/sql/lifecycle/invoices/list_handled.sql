-- Purpose: invoices as they stand after something was done to them.
-- Parameters: invoice_ids.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    i.invoice_number,
    i.customer_id,
    i.currency,
    i.run_date,
    i.origin,
    i.status,
    i.version,
    i.total_amount
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
ORDER BY i.contract_id ASC, i.customer_id ASC, i.invoice_id ASC
