-- Rule: the attempts of runs as people read them. One that is over without having closed has failed: the next attempt of its run
-- says that it is over. is_latest: the newest that ended, of its run date and scope (all contracts, or those named).
-- Grain: one row per attempt.
CREATE OR REPLACE VIEW rules.attempt AS
SELECT
    attempt_id,
    run_id,
    attempt,
    run_date,
    trigger,
    started_at,
    ended_at,
    due_lines,
    quarantined_contracts,
    skipped_reason,
    CASE WHEN status = 'running' AND attempt < max(attempt) OVER (PARTITION BY run_id) THEN 'failed' ELSE status END AS status,
    ended_at IS NOT NULL
    AND row_number() OVER (PARTITION BY run_date, contract_ids ORDER BY ended_at DESC NULLS LAST, attempt_id DESC) = 1 AS is_latest
FROM invoicing.invoice_run;
