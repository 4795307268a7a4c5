-- Purpose: record what filter_ready_transactions left: the selection and the invoice lines it adds up to.
-- Parameters: run_id, step, skipped_reason (null: there is something to write), buckets.
-- Grain: one row.
-- May be repeated: yes.
UPDATE invoicing.invoice_run AS run
SET
    step = :step,
    skipped_reason = :skipped_reason,
    buckets = :buckets,
    written_buckets = '{}',
    ready_transactions = selection.transactions,
    ready_milestones = selection.milestones,
    ready_amount = selection.amount,
    invoices = lines.invoices,
    invoice_lines = lines.invoice_lines,
    details = lines.details,
    chargeable_amount = lines.chargeable_amount
FROM
    (
        SELECT
            count(*) FILTER (WHERE NOT is_milestone) AS transactions,
            count(*) FILTER (WHERE is_milestone) AS milestones,
            coalesce(sum(amount) FILTER (WHERE NOT is_milestone), 0) AS amount
        FROM invoicing.run_selection
        WHERE
            run_id = :run_id
            AND reason = 'invoiced'
    ) AS selection,
    (
        SELECT
            count(DISTINCT row(contract_id, invoice_id)) AS invoices,
            count(DISTINCT row(contract_id, invoice_id, contract_line_id)) AS invoice_lines,
            coalesce(sum(detail_count), 0) AS details,
            coalesce(sum(chargeable_amount), 0) AS chargeable_amount
        FROM invoicing.run_invoice_line
        WHERE run_id = :run_id
    ) AS lines
WHERE run.run_id = :run_id
RETURNING run.*
