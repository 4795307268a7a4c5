-- Purpose: how many of the open sales of an attempt are on drafts that it does not derive afresh, or wait beside one that is kept.
-- Parameters: attempt_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT coalesce(sum(transactions), 0) AS waiting
FROM invoicing.run_accounting
WHERE
    attempt_id = :attempt_id
    AND reason = 'on_a_draft'
