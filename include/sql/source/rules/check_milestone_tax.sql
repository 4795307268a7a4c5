-- Purpose: milestones of no amount that have a tax.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged milestone; problems counts all of them.
-- May be repeated: reads only.
SELECT
    staged.file_line,
    staged.tax_amount,
    count(*) OVER () AS problems
FROM pg_temp.staged_milestones AS staged
WHERE
    staged.amount = 0
    AND staged.tax_amount <> 0
ORDER BY staged.file_line ASC
LIMIT :listed
