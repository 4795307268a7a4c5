-- One row per run and reason.
CREATE OR REPLACE VIEW analytics.run_accounting AS
SELECT
    a.run_id,
    r.run_date,
    cast(a.reason AS text) AS reason,
    a.transactions,
    a.amount
FROM invoicing.run_accounting AS a
INNER JOIN invoicing.invoice_run AS r ON a.run_id = r.run_id;

COMMENT ON VIEW analytics.run_accounting IS 'What became of every open unbilled sales actual of a run''s due lines, each exactly once.';
COMMENT ON COLUMN analytics.run_accounting.run_id IS 'Number of the run.';
COMMENT ON COLUMN analytics.run_accounting.run_date IS 'Day that was invoiced.';
COMMENT ON COLUMN analytics.run_accounting.reason IS 'invoiced, after_cutoff, not_ready, class_not_included, on_a_draft, not_to_exceed, quarantined.';
COMMENT ON COLUMN analytics.run_accounting.transactions IS 'Number of unbilled sales actuals.';
COMMENT ON COLUMN analytics.run_accounting.amount IS 'Their amounts, of every billing type and currency: a control figure.';
