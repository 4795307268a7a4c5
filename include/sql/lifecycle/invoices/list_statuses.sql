-- Purpose: the statuses of invoices that were named.
-- Parameters: invoice_ids.
-- Grain: one row per invoice that is known.
-- May be repeated: reads only.
SELECT
    i.invoice_id,
    i.contract_id,
    i.status
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
ORDER BY i.contract_id ASC, i.invoice_id ASC
