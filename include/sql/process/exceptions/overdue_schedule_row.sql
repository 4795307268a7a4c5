-- Purpose: rows of the invoice schedule that have not run and are too old to be caught up by themselves.
-- Parameters: oldest_as_of (date: rows before it are not caught up), contract_ids (null: all).
-- Grain: contract line and run date.
-- May be repeated: on an emptied found_exception, yes.
INSERT INTO pg_temp.found_exception (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message
)
SELECT
    s.contract_id,
    'overdue_schedule_row' AS code,
    'warning' AS severity,
    s.contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    NULL AS milestone_id,
    s.run_date AS subject_date,
    'Contract line ' || s.contract_line_id || ' was due on ' || cast(s.run_date AS text)
    || ' and has not run; run that date by hand, or mark the row run_successful.' AS message
FROM invoicing.invoice_schedule AS s
INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND s.run_date < :oldest_as_of
    AND s.run_status <> 'run_successful'
    AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
UNION ALL
SELECT
    m.contract_id,
    'overdue_schedule_row' AS code,
    'warning' AS severity,
    m.contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    m.milestone_id,
    m.milestone_date AS subject_date,
    'Milestone ' || m.milestone_id || ' was due on ' || cast(m.milestone_date AS text)
    || ' and its date has not run; run that date by hand, or invoice the milestone by hand.' AS message
FROM invoicing.milestone AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON m.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'fixed_price'
    AND m.milestone_date < :oldest_as_of
    AND m.run_status <> 'run_successful'
    AND m.billing_status = 'ready_to_invoice'
    AND (cast(:contract_ids AS text[]) IS NULL OR m.contract_id = any(cast(:contract_ids AS text[])))
