-- Purpose: ready transactions that no run takes because their line does not include their class, or is billed by milestones.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    b.contract_id,
    'ready_class_not_included' AS code,
    'warning' AS severity,
    b.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    cast(count(*) AS text) || ' ready transactions of line ' || b.contract_line_id
    || ' are of a class that the line does not include; include the class, or move them to another line.' AS message
FROM rules.open_share AS b
INNER JOIN invoicing.project_contract AS c ON b.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND b.is_sale
    AND b.is_ready
    AND NOT b.is_billed_class
    AND (cast(:contract_ids AS text[]) IS NULL OR b.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY b.contract_id, b.contract_line_id
