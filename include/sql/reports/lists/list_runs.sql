-- Purpose: attempts of runs, newest first, with what they billed in each currency.
-- Parameters: run_date (null: all), contract_ids (null: all; else those for all contracts, or for any of these), row_limit (null: all).
-- Grain: one row per attempt.
-- May be repeated: reads only.
SELECT
    run.*,
    amounts.chargeable_amounts
FROM analytics.invoice_runs AS run
INNER JOIN invoicing.invoice_run AS r ON run.run_id = r.run_id AND run.attempt = r.attempt
LEFT JOIN (
    SELECT
        run_id,
        attempt,
        string_agg(cast(chargeable_amount AS text) || ' ' || currency, ', ' ORDER BY currency ASC) AS chargeable_amounts
    FROM analytics.run_amounts
    GROUP BY run_id, attempt
) AS amounts ON run.run_id = amounts.run_id AND run.attempt = amounts.attempt
WHERE
    (cast(:run_date AS date) IS NULL OR run.run_date = cast(:run_date AS date))
    AND (
        cast(:contract_ids AS text[]) IS NULL
        OR r.contract_ids IS NULL
        OR r.contract_ids && cast(:contract_ids AS text[])
    )
ORDER BY run.started_at DESC, r.attempt_id DESC
LIMIT :row_limit
