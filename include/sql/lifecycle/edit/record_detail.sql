-- Purpose: say who added a detail, or changed what of it.
-- Parameters: contract_id, invoice_id, version, detail_id, action (detail_added, detail_changed), field, old_value, new_value,
-- changed_by, request_key.
-- Grain: one row per field in invoice_change.
-- May be repeated: no, each time is told.
INSERT INTO invoicing.invoice_change (
    contract_id, invoice_id, version, action, contract_line_id, detail_id, field, old_value, new_value, changed_by, request_key
)
SELECT
    d.contract_id,
    d.invoice_id,
    cast(:version AS integer) AS version,
    :action AS action,
    d.contract_line_id,
    d.actual_id AS detail_id,
    :field AS field,
    cast(:old_value AS text) AS old_value,
    cast(:new_value AS text) AS new_value,
    :changed_by AS changed_by,
    :request_key AS request_key
FROM invoicing.invoice_line_detail AS d
WHERE
    d.contract_id = :contract_id
    AND d.invoice_id = :invoice_id
    AND d.actual_id = :detail_id
