-- Purpose: say what a change did to invoices as a whole.
-- Parameters: change_id, invoice_ids, action, old_value, new_value.
-- Grain: one row per invoice in invoice_change.
-- May be repeated: no, each time is told.
INSERT INTO invoicing.invoice_change (contract_id, change_id, invoice_id, action, old_value, new_value)
SELECT
    i.contract_id,
    cast(:change_id AS bigint) AS change_id,
    i.invoice_id,
    cast(:action AS text) AS action,
    cast(:old_value AS text) AS old_value,
    cast(:new_value AS text) AS new_value
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
ORDER BY i.contract_id ASC, i.invoice_id ASC
