-- Purpose: the statuses of invoices that were named.
-- Parameters: invoice_ids.
-- Grain: one row per invoice that was named; status is null for one that is not known.
-- May be repeated: reads only.
SELECT
    asked.invoice_id,
    i.contract_id,
    i.status
FROM unnest(cast(:invoice_ids AS uuid[])) AS asked (invoice_id)
LEFT JOIN invoicing.invoice AS i ON asked.invoice_id = i.invoice_id
ORDER BY i.contract_id ASC, asked.invoice_id ASC
