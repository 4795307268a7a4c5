-- One row per attempt of a run, with what its buckets recorded.
CREATE OR REPLACE VIEW analytics.invoice_runs AS
SELECT
    attempt.run_id,
    attempt.attempt,
    attempt.run_date,
    attempt.is_latest,
    attempt.trigger,
    attempt.status,
    attempt.started_at,
    attempt.ended_at,
    coalesce(bucket_sum.due_lines, attempt.due_lines) AS due_lines,
    coalesce(bucket_sum.ready_transactions, 0) AS ready_transactions,
    coalesce(bucket_sum.invoices, 0) AS invoices,
    coalesce(bucket_sum.invoice_lines, 0) AS invoice_lines,
    coalesce(bucket_sum.details, 0) AS details,
    coalesce(bucket_sum.invoices_written, 0) AS invoices_written,
    attempt.quarantined_contracts,
    attempt.skipped_reason
FROM rules.attempt AS attempt
LEFT JOIN (
    SELECT
        attempt_id,
        sum(due_lines) AS due_lines,
        cast(sum(ready_transactions) AS bigint) AS ready_transactions,
        sum(invoices) AS invoices,
        sum(invoice_lines) AS invoice_lines,
        cast(sum(details) AS bigint) AS details,
        sum(invoices_written) AS invoices_written
    FROM invoicing.run_bucket
    GROUP BY attempt_id
) AS bucket_sum ON attempt.attempt_id = bucket_sum.attempt_id;

COMMENT ON VIEW analytics.invoice_runs IS 'Runs of the daily Process, one row per attempt: clearing a day adds one, and changes none.';
COMMENT ON COLUMN analytics.invoice_runs.run_id IS 'Number of the run: a DAG run of Airflow, or a call of the command.';
COMMENT ON COLUMN analytics.invoice_runs.attempt IS 'Which attempt of the run, from 1.';
COMMENT ON COLUMN analytics.invoice_runs.run_date IS 'Day that was invoiced.';
COMMENT ON COLUMN analytics.invoice_runs.is_latest IS 'Whether it is the newest ended attempt of its run date, for all contracts or for the same ones.';
COMMENT ON COLUMN analytics.invoice_runs.trigger IS 'scheduled, manual, backfill or cli.';
COMMENT ON COLUMN analytics.invoice_runs.status IS 'running, succeeded or failed. Only what a succeeded attempt left is proven.';
COMMENT ON COLUMN analytics.invoice_runs.started_at IS 'When the attempt started.';
COMMENT ON COLUMN analytics.invoice_runs.ended_at IS 'When the attempt ended; null while it runs.';
COMMENT ON COLUMN analytics.invoice_runs.due_lines IS 'Due contract lines; a line due for several run dates counts for each.';
COMMENT ON COLUMN analytics.invoice_runs.ready_transactions IS 'Unbilled sales actuals that go onto the invoices of the run.';
COMMENT ON COLUMN analytics.invoice_runs.invoices IS 'Scheduled invoices of the rows that it took, of any status, as they stood when it wrote.';
COMMENT ON COLUMN analytics.invoice_runs.invoice_lines IS 'Lines of these invoices.';
COMMENT ON COLUMN analytics.invoice_runs.details IS 'Details of these invoices.';
COMMENT ON COLUMN analytics.invoice_runs.invoices_written IS 'Invoices that this attempt created or whose content it changed.';
COMMENT ON COLUMN analytics.invoice_runs.quarantined_contracts IS 'Contracts set aside because their set-up would break the grouping.';
COMMENT ON COLUMN analytics.invoice_runs.skipped_reason IS 'Why nothing was written; null when something was.';
