-- Purpose: the rows that our own runs have run are due again where a draft that nobody edited holds what this load has changed, so that
--          the next run derives it afresh.
-- Parameters: change_id (reads known_share, given_back).
-- Grain: schedule rows.
-- May be repeated: yes.
UPDATE invoicing.schedule_row AS s
SET
    run_status = 'not_run',
    attempt_id = NULL,
    ran_for = NULL,
    ran_at = NULL
FROM (
    SELECT DISTINCT
        d.contract_id,
        d.contract_line_id,
        i.run_date
    FROM (
        SELECT
            contract_id,
            billable_id
        FROM pg_temp.known_share
        UNION ALL
        SELECT
            contract_id,
            billable_id
        FROM pg_temp.given_back
    ) AS known
    INNER JOIN invoicing.billable AS b ON known.contract_id = b.contract_id AND known.billable_id = b.billable_id
    INNER JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    INNER JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    WHERE
        b.change_id = :change_id
        AND i.is_run_owned
) AS stale
WHERE
    s.contract_id = stale.contract_id
    AND s.contract_line_id = stale.contract_line_id
    AND s.run_date = stale.run_date
    AND s.run_status = 'run_successful'
    AND s.ran_at IS NOT NULL
