-- One row per run.
CREATE OR REPLACE VIEW analytics.invoice_runs AS
SELECT
    run_id,
    run_date,
    trigger,
    status,
    started_at,
    ended_at,
    due_lines,
    ready_transactions,
    ready_amount,
    invoices,
    invoice_lines,
    details,
    chargeable_amount,
    quarantined_contracts,
    skipped_reason
FROM invoicing.invoice_run;

COMMENT ON VIEW analytics.invoice_runs IS 'Runs of the daily Process; a run that was cleared and run again keeps its row.';
COMMENT ON COLUMN analytics.invoice_runs.run_id IS 'Number of the run.';
COMMENT ON COLUMN analytics.invoice_runs.run_date IS 'Day that was invoiced.';
COMMENT ON COLUMN analytics.invoice_runs.trigger IS 'scheduled, manual, backfill or cli.';
COMMENT ON COLUMN analytics.invoice_runs.status IS 'running, succeeded or failed. Only what a succeeded run left is proven.';
COMMENT ON COLUMN analytics.invoice_runs.started_at IS 'When its latest attempt started.';
COMMENT ON COLUMN analytics.invoice_runs.ended_at IS 'When its latest attempt ended; null while it runs.';
COMMENT ON COLUMN analytics.invoice_runs.due_lines IS 'Due contract lines; a line due for several run dates counts for each.';
COMMENT ON COLUMN analytics.invoice_runs.ready_transactions IS 'Unbilled sales actuals that go onto the invoices of the run.';
COMMENT ON COLUMN analytics.invoice_runs.ready_amount IS 'Their amounts, of every billing type and currency: a control figure.';
COMMENT ON COLUMN analytics.invoice_runs.invoices IS 'Invoices that the run stands for, those it found unchanged included.';
COMMENT ON COLUMN analytics.invoice_runs.invoice_lines IS 'Lines of these invoices that were due in the run.';
COMMENT ON COLUMN analytics.invoice_runs.details IS 'Details of these lines: ready transactions and milestones.';
COMMENT ON COLUMN analytics.invoice_runs.chargeable_amount IS 'Their chargeable amounts, of every currency: a control figure.';
COMMENT ON COLUMN analytics.invoice_runs.quarantined_contracts IS 'Contracts set aside because their set-up would break the grouping.';
COMMENT ON COLUMN analytics.invoice_runs.skipped_reason IS 'Why nothing was written; null when something was.';
