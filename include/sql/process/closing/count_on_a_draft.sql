-- Purpose: how many of the open sales of an attempt wait on drafts that are kept.
-- Parameters: attempt_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT coalesce(sum(transactions), 0) AS waiting
FROM invoicing.run_accounting
WHERE
    attempt_id = :attempt_id
    AND reason = 'on_a_draft'
