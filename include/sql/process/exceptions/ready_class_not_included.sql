-- Purpose: ready transactions that no run takes because their line does not include their class, or is billed by milestones.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: on an emptied found_exception, yes.
INSERT INTO pg_temp.found_exception (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message
)
SELECT
    a.contract_id,
    'ready_class_not_included' AS code,
    'warning' AS severity,
    a.contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    NULL AS milestone_id,
    NULL AS subject_date,
    cast(count(*) AS text) || ' ready transactions of line ' || a.contract_line_id
    || ' are of a class that the line does not include; include the class, or move them to another line.' AS message
FROM invoicing.actual AS a
INNER JOIN invoicing.contract_line AS cl
    ON a.contract_id = cl.contract_id AND a.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON a.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND a.kind = 'unbilled_sales'
    AND a.billing_status = 'ready_to_invoice'
    AND (
        cl.billing_method <> 'time_and_material'
        OR (a.transaction_class = 'time' AND NOT cl.includes_time)
        OR (a.transaction_class = 'expense' AND NOT cl.includes_expense)
        OR (a.transaction_class = 'material' AND NOT cl.includes_material)
        OR (a.transaction_class = 'fee' AND NOT cl.includes_fee)
    )
    AND (cast(:contract_ids AS text[]) IS NULL OR a.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY a.contract_id, a.contract_line_id
