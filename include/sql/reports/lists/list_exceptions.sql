-- Purpose: open problems of the data, errors before warnings, newest first.
-- Parameters: run_date (null: all), contract_ids (null: all), row_limit (null: all).
-- Grain: one row per problem.
-- May be repeated: reads only.
SELECT *
FROM analytics.billing_exceptions
WHERE
    (cast(:run_date AS date) IS NULL OR run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
ORDER BY severity ASC, detected_at DESC, contract_id ASC, code ASC, contract_line_id ASC, message ASC
LIMIT :row_limit
