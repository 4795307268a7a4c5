-- Purpose: the figures of a bucket, from what was counted.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    count(*) AS line_count,
    coalesce(sum(billables) FILTER (WHERE reason = 'invoiced' AND is_sale), 0) AS ready_transactions,
    coalesce(sum(billables) FILTER (WHERE reason = 'invoiced' AND NOT is_sale), 0) AS ready_milestones
FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
