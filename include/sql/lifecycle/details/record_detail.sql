-- Purpose: say what a change added, or changed, of a detail.
-- Parameters: contract_id, invoice_id, change_id, detail_id, action (detail_added, detail_changed), field, old_value, new_value.
-- Grain: one row per field in invoice_change.
-- May be repeated: no, each time is told.
INSERT INTO invoicing.invoice_change (
    contract_id, change_id, invoice_id, action, contract_line_id, billable_id, field, old_value, new_value
)
SELECT
    d.contract_id,
    cast(:change_id AS bigint) AS change_id,
    d.invoice_id,
    cast(:action AS text) AS action,
    d.contract_line_id,
    d.billable_id,
    cast(:field AS text) AS field,
    cast(:old_value AS text) AS old_value,
    cast(:new_value AS text) AS new_value
FROM invoicing.invoice_line_detail AS d
WHERE
    d.contract_id = :contract_id
    AND d.invoice_id = cast(:invoice_id AS uuid)
    AND d.billable_id = cast(:detail_id AS bigint)
