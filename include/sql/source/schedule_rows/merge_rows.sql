-- Purpose: take over the delivered schedule rows that are new or say something else.
-- Parameters: none (reads changed_invoice_schedules).
-- Grain: one row per contract line and run date.
-- May be repeated: yes.
INSERT INTO invoicing.schedule_row (
    contract_id, contract_line_id, run_date, source, cutoff_date, run_status, attempt_id, ran_for, ran_at, source_cutoff_date,
    source_run_status
)
SELECT
    contract_id,
    contract_line_id,
    run_date,
    'delivered' AS source,
    cutoff_date,
    run_status,
    attempt_id,
    ran_for,
    ran_at,
    source_cutoff_date,
    source_run_status
FROM pg_temp.changed_invoice_schedules
ORDER BY contract_id ASC, contract_line_id ASC, run_date ASC
ON CONFLICT (contract_id, contract_line_id, run_date, source, source_id) DO UPDATE
    SET
        cutoff_date = excluded.cutoff_date,
        run_status = excluded.run_status,
        attempt_id = excluded.attempt_id,
        ran_for = excluded.ran_for,
        ran_at = excluded.ran_at,
        source_cutoff_date = excluded.source_cutoff_date,
        source_run_status = excluded.source_run_status
