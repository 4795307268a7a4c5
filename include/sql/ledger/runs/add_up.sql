-- Purpose: the figures of an attempt, added up over its buckets.
-- Parameters: attempt_id.
-- Grain: one row; unwritten is the number of buckets that are not recorded as written.
-- May be repeated: reads only.
SELECT
    count(*) AS buckets,
    count(*) FILTER (WHERE written_at IS NULL) AS unwritten,
    coalesce(sum(ready_transactions), 0) AS ready_transactions,
    coalesce(sum(ready_milestones), 0) AS ready_milestones,
    coalesce(sum(invoices), 0) AS invoices,
    coalesce(sum(invoice_lines), 0) AS invoice_lines,
    coalesce(sum(details), 0) AS details,
    coalesce(sum(invoices_written), 0) AS invoices_written
FROM invoicing.run_bucket
WHERE attempt_id = :attempt_id
