-- Purpose: the figures of an attempt, added up over its buckets.
-- Parameters: attempt_id.
-- Grain: one row; unwritten is the number of buckets that are not recorded as written.
-- May be repeated: reads only.
SELECT
    count(*) AS buckets,
    count(*) FILTER (WHERE written_at IS NULL) AS unwritten,
    cast(coalesce(sum(ready_transactions), 0) AS bigint) AS ready_transactions,
    cast(coalesce(sum(ready_milestones), 0) AS bigint) AS ready_milestones,
    cast(coalesce(sum(invoices), 0) AS bigint) AS invoices,
    cast(coalesce(sum(invoice_lines), 0) AS bigint) AS invoice_lines,
    cast(coalesce(sum(details), 0) AS bigint) AS details,
    cast(coalesce(sum(invoices_written), 0) AS bigint) AS invoices_written
FROM invoicing.run_bucket
WHERE attempt_id = :attempt_id
