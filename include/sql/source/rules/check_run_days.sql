-- Purpose: invoice frequencies whose run days do not fit their period.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged frequency; problems counts all of them.
-- May be repeated: reads only.
WITH pattern AS (
    SELECT
        weekday,
        '((first|second|third|fourth|last) ' || weekday || '|[1-9]|[12][0-9]|3[01]|last)' AS month_day
    FROM (VALUES ('(monday|tuesday|wednesday|thursday|friday|saturday|sunday)')) AS calendar (weekday)
)

SELECT
    staged.file_line,
    staged.period,
    staged.run_days,
    count(*) OVER () AS problems
FROM pg_temp.staged_invoice_frequencies AS staged
CROSS JOIN pattern
WHERE
    staged.run_days !~ CASE staged.period
        WHEN 'monthly' THEN '^' || pattern.month_day || '(;' || pattern.month_day || '){0,3}$'
        ELSE '^' || pattern.weekday || '$'
    END
    AND staged.period IS NOT NULL
ORDER BY staged.file_line ASC
LIMIT :listed
