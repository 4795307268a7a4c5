-- Purpose: when the schedules begin, to say why a run date has nothing to do.
-- Parameters: contract_ids (null: all).
-- Grain: one row, null where there is no schedule.
-- May be repeated: reads only.
SELECT min(run_date) AS first_run_date
FROM invoicing.schedule_row
WHERE (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
