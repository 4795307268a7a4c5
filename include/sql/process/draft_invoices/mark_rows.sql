-- Purpose: say on the schedule rows of a bucket how the run ended for them.
-- Parameters: attempt_id, first_slot, last_slot, run_date, ran_at.
-- Grain: schedule rows of due lines; a row that says so already, and one that another system ran, is not touched.
-- May be repeated: yes.
UPDATE invoicing.schedule_row AS s
SET
    run_status = due.run_status,
    attempt_id = :attempt_id,
    ran_for = :run_date,
    ran_at = :ran_at
FROM (
    SELECT
        l.contract_id,
        l.contract_line_id,
        l.run_date,
        cl.billing_method,
        cast(CASE WHEN l.is_quarantined THEN 'run_failed' ELSE 'run_successful' END AS invoicing.run_status) AS run_status
    FROM invoicing.run_due_row AS l
    INNER JOIN invoicing.contract_line AS cl
        ON l.contract_id = cl.contract_id AND l.contract_line_id = cl.contract_line_id
    WHERE
        l.attempt_id = :attempt_id
        AND l.slot BETWEEN :first_slot AND :last_slot
        AND l.customer_id = ''
) AS due
WHERE
    s.contract_id = due.contract_id
    AND s.contract_line_id = due.contract_line_id
    AND s.run_date = due.run_date
    AND s.run_status <> due.run_status
    AND (s.run_status <> 'run_successful' OR s.ran_at IS NOT NULL)
    AND (s.source <> 'milestone' OR due.billing_method = 'fixed_price')
