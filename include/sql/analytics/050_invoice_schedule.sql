-- One row per schedule row: the dated rows of lines, and one per milestone of a fixed-price line.
CREATE OR REPLACE VIEW analytics.invoice_schedule AS
SELECT
    s.contract_id,
    s.contract_line_id,
    s.run_date,
    coalesce(s.transaction_cutoff_date, s.run_date - 1) AS transaction_cutoff_date,
    cast(NULL AS text) AS milestone_id,
    cast(s.run_status AS text) AS run_status,
    (
        SELECT count(*)
        FROM invoicing.invoice AS i
        INNER JOIN invoicing.invoice_line AS l ON i.contract_id = l.contract_id AND i.invoice_id = l.invoice_id
        WHERE
            i.contract_id = s.contract_id
            AND i.run_date = s.run_date
            AND i.origin = 'scheduled'
            AND l.contract_line_id = s.contract_line_id
    ) AS invoice_count,
    s.ran_at
FROM invoicing.invoice_schedule AS s
UNION ALL
SELECT
    m.contract_id,
    m.contract_line_id,
    m.milestone_date AS run_date,
    cast(NULL AS date) AS transaction_cutoff_date,
    m.milestone_id,
    cast(m.run_status AS text) AS run_status,
    (
        SELECT count(DISTINCT d.invoice_id)
        FROM invoicing.actual AS a
        INNER JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
        WHERE
            a.contract_id = m.contract_id
            AND a.milestone_id = m.milestone_id
            AND a.kind = 'milestone'
    ) AS invoice_count,
    m.ran_at
FROM invoicing.milestone AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
WHERE cl.billing_method = 'fixed_price';

COMMENT ON VIEW analytics.invoice_schedule IS 'When each contract line is invoiced: dated rows, and milestones of fixed-price lines.';
COMMENT ON COLUMN analytics.invoice_schedule.contract_id IS 'Contract of the line.';
COMMENT ON COLUMN analytics.invoice_schedule.contract_line_id IS 'Contract line that is invoiced.';
COMMENT ON COLUMN analytics.invoice_schedule.run_date IS 'Day on which the line is invoiced; the date of a milestone.';
COMMENT ON COLUMN analytics.invoice_schedule.transaction_cutoff_date IS 'Last transaction date that is taken, inclusive; null for a milestone.';
COMMENT ON COLUMN analytics.invoice_schedule.milestone_id IS 'Milestone billed on that date; null for a dated row.';
COMMENT ON COLUMN analytics.invoice_schedule.run_status IS 'not_run, run_successful (with or without an invoice) or run_failed (contract quarantined).';
COMMENT ON COLUMN analytics.invoice_schedule.invoice_count IS 'Live invoices that bill the line for this date.';
COMMENT ON COLUMN analytics.invoice_schedule.ran_at IS 'When a run of this system took the row; null if none did.';
