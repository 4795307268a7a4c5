-- Purpose: the run's accounting: what became of every open unbilled sales actual of the due lines.
-- Parameters: run_id.
-- Grain: one row per run and reason.
-- May be repeated: after the run's rows were removed, yes.
INSERT INTO invoicing.run_accounting (run_id, reason, transactions, amount)
SELECT
    :run_id AS run_id,
    reason,
    count(*) AS transactions,
    sum(amount) AS amount
FROM invoicing.run_selection
WHERE
    run_id = :run_id
    AND NOT is_milestone
GROUP BY reason
