-- Purpose: whether a request that is tried again has changed a draft already. It is one transaction, however many changes it
-- makes, so what it does now does not count.
-- Parameters: invoice_id (null: it was not named by its id), request_key.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT DISTINCT invoice_id
FROM invoicing.invoice_change
WHERE
    request_key = :request_key
    AND invoice_id = cast(:invoice_id AS uuid)
    AND changed_at < now()
