-- Rule: the attempts of runs as people read them. is_latest: the newest that ended, of its run date and scope (all contracts, or
-- those named, in whatever order).
-- Grain: one row per attempt.
CREATE OR REPLACE VIEW rules.attempt AS
SELECT
    attempt_id,
    run_id,
    attempt,
    run_date,
    trigger,
    status,
    started_at,
    ended_at,
    due_lines,
    quarantined_contracts,
    skipped_reason,
    ended_at IS NOT NULL
    AND row_number() OVER (PARTITION BY run_date, scope ORDER BY ended_at DESC NULLS LAST, attempt_id DESC) = 1 AS is_latest
FROM (
    SELECT
        *,
        (SELECT array_agg(DISTINCT named.contract_id) FROM unnest(contract_ids) AS named (contract_id)) AS scope
    FROM invoicing.invoice_run
) AS scoped;
