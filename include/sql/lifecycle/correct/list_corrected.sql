-- Purpose: what corrective drafts correct, when the request that made them is tried again.
-- Parameters: invoice_ids (of the corrections).
-- Grain: one row per correction that is still there.
-- May be repeated: reads only.
SELECT corrects_invoice_id
FROM invoicing.invoice
WHERE
    invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND corrects_invoice_id IS NOT NULL
ORDER BY corrects_invoice_id ASC
