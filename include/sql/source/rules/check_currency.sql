-- Purpose: contracts in a currency that the warehouse does not know.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged contract; problems counts all of them.
-- May be repeated: reads only.
SELECT
    staged.file_line,
    staged.currency,
    count(*) OVER () AS problems
FROM pg_temp.staged_project_contracts AS staged
LEFT JOIN invoicing.currency AS cu ON staged.currency = cu.currency
WHERE
    staged.currency IS NOT NULL
    AND cu.currency IS NULL
ORDER BY staged.file_line ASC
LIMIT :listed
