-- Purpose: say on the milestones whose date was run how it ended for them.
-- Parameters: run_id, ran_at.
-- Grain: milestones of due fixed-price lines; one that says so already is not touched.
-- May be repeated: yes.
UPDATE invoicing.milestone AS m
SET
    run_status = l.run_status,
    ran_at = :ran_at,
    ran_by = :run_id
FROM (
    SELECT
        due.contract_id,
        due.contract_line_id,
        due.run_date,
        cast(CASE WHEN due.quarantined THEN 'run_failed' ELSE 'run_successful' END AS invoicing.run_status) AS run_status
    FROM invoicing.run_due_line AS due
    INNER JOIN invoicing.contract_line AS cl
        ON due.contract_id = cl.contract_id AND due.contract_line_id = cl.contract_line_id
    WHERE
        due.run_id = :run_id
        AND cl.billing_method = 'fixed_price'
) AS l
WHERE
    m.contract_id = l.contract_id
    AND m.contract_line_id = l.contract_line_id
    AND m.milestone_date = l.run_date
    AND m.run_status <> l.run_status
