-- Purpose: the figures of a bucket, from its lines.
-- Parameters: attempt_id, bucket.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    cast(coalesce(sum(billables), 0) AS bigint) AS selected,
    cast(coalesce(sum(billables) FILTER (WHERE reason = 'invoiced' AND is_sale), 0) AS bigint) AS ready_transactions,
    cast(coalesce(sum(billables) FILTER (WHERE reason = 'invoiced' AND NOT is_sale), 0) AS bigint) AS ready_milestones
FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
