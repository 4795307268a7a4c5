-- Purpose: what corrective drafts correct, when the request that made them is tried again.
-- Parameters: invoice_ids (of the corrections).
-- Grain: one row per correction that is still there.
-- May be repeated: reads only.
SELECT i.corrects_invoice_id
FROM invoicing.invoice AS i
WHERE
    i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND i.corrects_invoice_id IS NOT NULL
ORDER BY i.corrects_invoice_id ASC
