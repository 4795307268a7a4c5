-- Purpose: say who did something to invoices as a whole.
-- Parameters: invoice_ids, action, old_value, new_value, changed_by, request_key.
-- Grain: one row per invoice in invoice_change, with its version as it is now.
-- May be repeated: no, each time is told.
INSERT INTO invoicing.invoice_change (
    contract_id, invoice_id, version, action, old_value, new_value, changed_by, request_key
)
SELECT
    contract_id,
    invoice_id,
    version,
    :action AS action,
    cast(:old_value AS text) AS old_value,
    cast(:new_value AS text) AS new_value,
    :changed_by AS changed_by,
    :request_key AS request_key
FROM invoicing.invoice
WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
ORDER BY contract_id ASC, invoice_id ASC
