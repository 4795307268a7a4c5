-- Purpose: what a request that is tried again has changed of a draft.
-- Parameters: request_key, invoice_id (null: it was not named by its id).
-- Grain: one row per change.
-- May be repeated: reads only.
SELECT DISTINCT ch.change_id
FROM invoicing.change AS ch
INNER JOIN invoicing.invoice_change AS ic ON ch.change_id = ic.change_id
WHERE
    ch.request_key = cast(:request_key AS text)
    AND ic.invoice_id = cast(:invoice_id AS uuid)
