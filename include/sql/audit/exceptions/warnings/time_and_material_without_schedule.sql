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
LEFT JOIN (
    SELECT DISTINCT
        contract_id,
        contract_line_id
    FROM invoicing.schedule_row
    WHERE run_status <> 'run_successful'
) AS coming ON cl.contract_id = coming.contract_id AND cl.contract_line_id = coming.contract_line_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'time_and_material'
    -- Of the few that have none to come, the first row by its key, so that what ever ran is not read.
    AND CASE WHEN coming.contract_id IS NULL THEN (
        SELECT min(s.run_date) FROM invoicing.schedule_row AS s
        WHERE
            s.contract_id = cl.contract_id
            AND s.contract_line_id = cl.contract_line_id
    ) IS NULL ELSE FALSE END
    AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
