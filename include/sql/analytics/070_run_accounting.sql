-- One row per attempt of a run, reason and currency.
CREATE OR REPLACE VIEW analytics.run_accounting AS
SELECT
    attempt.run_id,
    attempt.attempt,
    attempt.run_date,
    attempt.is_latest,
    cast(bucket_sum.reason AS text) AS reason,
    bucket_sum.currency,
    bucket_sum.transactions,
    bucket_sum.amount
FROM (
    SELECT
        attempt_id,
        reason,
        currency,
        cast(sum(transactions) AS bigint) AS transactions,
        sum(amount) AS amount
    FROM invoicing.run_accounting
    GROUP BY attempt_id, reason, currency
) AS bucket_sum
INNER JOIN rules.attempt AS attempt ON bucket_sum.attempt_id = attempt.attempt_id;

COMMENT ON VIEW analytics.run_accounting IS 'What happened to every open unbilled sales actual of the due lines, each exactly once in an attempt.';
COMMENT ON COLUMN analytics.run_accounting.run_id IS 'Number of the run.';
COMMENT ON COLUMN analytics.run_accounting.attempt IS 'Which attempt of the run.';
COMMENT ON COLUMN analytics.run_accounting.run_date IS 'Day that was invoiced.';
COMMENT ON COLUMN analytics.run_accounting.is_latest IS 'As in invoice_runs.';
COMMENT ON COLUMN analytics.run_accounting.reason IS 'invoiced, after_cutoff, not_ready, class_not_included, on_a_draft, not_to_exceed, quarantined.';
COMMENT ON COLUMN analytics.run_accounting.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN analytics.run_accounting.transactions IS 'Number of unbilled sales actuals.';
COMMENT ON COLUMN analytics.run_accounting.amount IS 'Their amounts, of every billing type.';
