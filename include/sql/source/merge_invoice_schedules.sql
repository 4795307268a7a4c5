-- Purpose: take over the schedule rows of a load. What our own runs have run stays as it was run, cut-off
--          included; of the others the file may say that another system has run them, and an empty run status says nothing.
-- Parameters: none (reads staged_invoice_schedules).
-- Grain: one row per contract line and run date.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.invoice_schedule AS known (
    contract_id, contract_line_id, run_date, transaction_cutoff_date, run_status
)
WITH earlier AS MATERIALIZED (
    SELECT
        schedule.contract_id,
        schedule.contract_line_id,
        schedule.run_date,
        schedule.transaction_cutoff_date,
        schedule.run_status,
        schedule.ran_at
    FROM invoicing.invoice_schedule AS schedule
    INNER JOIN pg_temp.staged_invoice_schedules AS staged
        ON
            schedule.contract_id = staged.contract_id
            AND schedule.contract_line_id = staged.contract_line_id
            AND schedule.run_date = staged.run_date
)

SELECT
    staged.contract_id,
    staged.contract_line_id,
    staged.run_date,
    CASE
        WHEN earlier.ran_at IS NULL THEN staged.transaction_cutoff_date ELSE earlier.transaction_cutoff_date
    END AS transaction_cutoff_date,
    CASE
        WHEN earlier.ran_at IS NULL THEN coalesce(staged.run_status, earlier.run_status, 'not_run')
        ELSE earlier.run_status
    END AS run_status
FROM pg_temp.staged_invoice_schedules AS staged
LEFT JOIN earlier
    ON
        staged.contract_id = earlier.contract_id
        AND staged.contract_line_id = earlier.contract_line_id
        AND staged.run_date = earlier.run_date
ON CONFLICT (contract_id, contract_line_id, run_date) DO UPDATE
    SET
        transaction_cutoff_date = excluded.transaction_cutoff_date,
        run_status = excluded.run_status
    WHERE (known.transaction_cutoff_date, known.run_status)
    IS DISTINCT FROM (excluded.transaction_cutoff_date, excluded.run_status)
