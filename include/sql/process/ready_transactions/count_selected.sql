-- Purpose: how much of what was selected of a bucket is still there.
-- Parameters: attempt_id, bucket.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    (
        SELECT count(*) FROM invoicing.run_selection
        WHERE attempt_id = :attempt_id AND bucket = :bucket
    ) AS selected,
    (
        SELECT coalesce(sum(billables), 0) FROM invoicing.run_line
        WHERE attempt_id = :attempt_id AND bucket = :bucket
    ) AS added_up
