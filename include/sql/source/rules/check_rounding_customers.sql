-- Purpose: contract lines that have not exactly one rounding customer, or one without a share to round.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged contract line; problems counts all of them.
-- May be repeated: reads only.
SELECT
    file_line,
    contract_id,
    contract_line_id,
    CASE
        WHEN rounding_customers = 0 THEN 'no rounding customer'
        WHEN rounding_customers = 1 THEN 'a rounding customer of 0 percent'
        ELSE rounding_customers || ' rounding customers'
    END AS found,
    count(*) OVER () AS problems
FROM pg_temp.line_splits
WHERE
    complete
    AND (rounding_customers <> 1 OR idle_rounding_customers > 0)
ORDER BY file_line ASC
LIMIT :listed
