-- Purpose: active time-and-material lines that no run will ever take.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    cl.contract_id,
    'time_and_material_without_schedule' AS code,
    'warning' AS severity,
    cl.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Time-and-material line ' || cl.contract_line_id || ' has no invoice schedule and is never invoiced by a run; add '
    || 'its rows to invoice_schedules.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN invoicing.schedule_row AS s
    ON cl.contract_id = s.contract_id AND cl.contract_line_id = s.contract_line_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'time_and_material'
    AND s.contract_id IS NULL
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
