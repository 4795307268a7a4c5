-- One row per date of a contract line: the dated rows, and one per milestone of a fixed-price line.
CREATE OR REPLACE VIEW analytics.invoice_schedule AS
SELECT
    dated.contract_id,
    dated.contract_line_id,
    dated.run_date,
    CASE WHEN dated.source <> 'milestone' THEN dated.recorded_cutoff_date END AS transaction_cutoff_date,
    CASE WHEN dated.source = 'milestone' THEN dated.source_id END AS milestone_id,
    cast(dated.run_status AS text) AS run_status,
    CASE
        WHEN dated.source = 'milestone' THEN coalesce(of_milestone.invoices, 0)
        ELSE coalesce(of_date.invoices, 0)
    END AS invoice_count,
    dated.ran_at
FROM rules.dated_row AS dated
LEFT JOIN (
    SELECT
        i.contract_id,
        line.contract_line_id,
        i.run_date,
        count(*) AS invoices
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
    WHERE i.origin = 'scheduled'
    GROUP BY i.contract_id, line.contract_line_id, i.run_date
) AS of_date
    ON
        dated.contract_id = of_date.contract_id
        AND dated.contract_line_id = of_date.contract_line_id
        AND dated.run_date = of_date.run_date
LEFT JOIN (
    SELECT
        b.contract_id,
        b.milestone_id,
        count(DISTINCT d.invoice_id) AS invoices
    FROM invoicing.billable AS b
    INNER JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    WHERE b.source = 'milestone'
    GROUP BY b.contract_id, b.milestone_id
) AS of_milestone
    ON dated.contract_id = of_milestone.contract_id AND dated.source_id = of_milestone.milestone_id;

COMMENT ON VIEW analytics.invoice_schedule IS 'When each contract line is invoiced: dated rows, and milestones of fixed-price lines.';
COMMENT ON COLUMN analytics.invoice_schedule.contract_id IS 'Contract of the line.';
COMMENT ON COLUMN analytics.invoice_schedule.contract_line_id IS 'Contract line that is invoiced.';
COMMENT ON COLUMN analytics.invoice_schedule.run_date IS 'Day on which the line is invoiced; the date of a milestone.';
COMMENT ON COLUMN analytics.invoice_schedule.transaction_cutoff_date IS 'Last transaction date that is taken, inclusive; null for a milestone.';
COMMENT ON COLUMN analytics.invoice_schedule.milestone_id IS 'Milestone billed on that date; null for a dated row.';
COMMENT ON COLUMN analytics.invoice_schedule.run_status IS 'not_run, run_successful (with or without an invoice) or run_failed (contract quarantined).';
COMMENT ON COLUMN analytics.invoice_schedule.invoice_count IS 'Live invoices that bill the line for this date, or the milestone.';
COMMENT ON COLUMN analytics.invoice_schedule.ran_at IS 'When a run of this system took the row; null if none did.';
