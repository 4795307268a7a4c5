-- Purpose: the delivered schedule rows that the warehouse does not have yet, as it will have them. What our own runs have run
--          stays as it was run, cut-off included; of the others the file may say that another system has run them, and an
--          empty run status says nothing.
-- Parameters: none (reads staged_invoice_schedules).
-- Grain: one row per contract line and run date that is new or says something else.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE changed_invoice_schedules ON COMMIT DROP AS
WITH delivered AS (
    SELECT
        staged.file_line,
        staged.contract_id,
        staged.contract_line_id,
        staged.run_date,
        coalesce(staged.transaction_cutoff_date, staged.run_date - 1) AS cutoff_date,
        coalesce(staged.run_status, s.run_status, 'not_run') AS run_status,
        s.contract_id IS NULL AS is_new,
        s.cutoff_date AS known_cutoff_date,
        s.run_status AS known_run_status,
        s.ran_at
    FROM pg_temp.staged_invoice_schedules AS staged
    LEFT JOIN invoicing.schedule_row AS s
        ON
            staged.contract_id = s.contract_id
            AND staged.contract_line_id = s.contract_line_id
            AND staged.run_date = s.run_date
            AND s.source = 'delivered'
)

SELECT
    file_line,
    contract_id,
    contract_line_id,
    run_date,
    cutoff_date,
    run_status,
    is_new
FROM delivered
WHERE
    is_new
    OR (ran_at IS NULL AND (cutoff_date, run_status) IS DISTINCT FROM (known_cutoff_date, known_run_status))
