-- Purpose: milestones on lines that are billed by time and material, which no run takes.
-- Parameters: contract_ids (null: all).
-- Grain: milestone.
-- May be repeated: reads only.
SELECT
    m.contract_id,
    'milestone_on_time_and_material_line' AS code,
    'warning' AS severity,
    m.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    m.milestone_id,
    m.milestone_date AS subject_date,
    'Milestone ' || m.milestone_id || ' stands on time-and-material line ' || m.contract_line_id
    || ' and is never invoiced; move it to a fixed-price line.' AS message
FROM invoicing.milestone AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON m.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'time_and_material'
    AND (cast(:contract_ids AS text[]) IS NULL OR m.contract_id = any(cast(:contract_ids AS text[])))
