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
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
INNER JOIN rules.open_share AS b ON cl.contract_id = b.contract_id AND cl.contract_line_id = b.contract_line_id
WHERE
    -- Most lines bill every class of work: what is open of them need not be read.
    NOT cl.billed_classes @> array_remove(enum_range(cast(NULL AS invoicing.transaction_class)), 'milestone')
    AND c.state = 'active'
    AND b.is_sale
    AND b.is_ready
    AND NOT b.is_billed_class
    AND (cast(:contract_ids AS text[]) IS NULL OR b.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY b.contract_id, b.contract_line_id
