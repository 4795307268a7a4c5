-- Purpose: contract lines whose percents do not sum to exactly 100.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged contract line; problems counts all of them.
-- May be repeated: reads only.
SELECT
    file_line,
    contract_id,
    contract_line_id,
    percents,
    kept_percents,
    count(*) OVER () AS problems
FROM pg_temp.line_splits
WHERE
    complete
    AND percents <> 100
ORDER BY file_line ASC
LIMIT :listed
