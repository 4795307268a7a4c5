-- Purpose: active time-and-material lines that no run will ever take.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: on an emptied found_exception, yes.
INSERT INTO pg_temp.found_exception (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message
)
SELECT
    cl.contract_id,
    'time_and_material_without_schedule' AS code,
    'warning' AS severity,
    cl.contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    NULL AS milestone_id,
    NULL AS subject_date,
    'Time-and-material line ' || cl.contract_line_id || ' has no invoice schedule and is never invoiced by a run; add '
    || 'its rows to invoice_schedules.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN invoicing.invoice_schedule AS s
    ON cl.contract_id = s.contract_id AND cl.contract_line_id = s.contract_line_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'time_and_material'
    AND s.contract_id IS NULL
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
