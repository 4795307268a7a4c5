-- Purpose: what is due by a day and has not run: schedule rows and ready milestones of active contracts.
-- Parameters: as_of.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    count(*) AS due_rows,
    min(s.run_date) AS oldest_run_date
FROM (
    SELECT
        contract_id,
        run_date
    FROM invoicing.invoice_schedule
    WHERE run_date <= :as_of AND run_status <> 'run_successful'
    UNION ALL
    SELECT
        m.contract_id,
        m.milestone_date AS run_date
    FROM invoicing.milestone AS m
    INNER JOIN invoicing.contract_line AS cl
        ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
    WHERE
        cl.billing_method = 'fixed_price'
        AND m.milestone_date <= :as_of
        AND m.run_status <> 'run_successful'
        AND m.billing_status = 'ready_to_invoice'
) AS s
INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
WHERE c.state = 'active'
