-- Rule: the scheduled invoices that a run of a day stands for: those of the schedule rows of its day, whichever run took them, and of
-- the missed days that a run of its day caught up. A run in progress has marked what it has written so far.
-- Grain: one row per day and scheduled invoice date of a contract.
CREATE OR REPLACE VIEW rules.run_invoice AS
SELECT
    run_date AS day,
    contract_id,
    run_date
FROM rules.dated_row
WHERE
    ran_at IS NOT NULL
    AND run_status = 'run_successful'
UNION
SELECT
    ran_for AS day,
    contract_id,
    run_date
FROM rules.dated_row
WHERE
    ran_for <> run_date
    AND run_status = 'run_successful';
