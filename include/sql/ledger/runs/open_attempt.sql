-- Purpose: open an attempt of a run. The first attempt of a key is a new run; the next ones keep its id and its run date.
-- Parameters: run_key, run_date, trigger, contract_ids (null: all).
-- Grain: one row in invoice_run.
-- May be repeated: each time is another attempt.
INSERT INTO invoicing.invoice_run (attempt_id, run_id, run_key, attempt, run_date, trigger, contract_ids)
OVERRIDING SYSTEM VALUE
SELECT
    following.attempt_id,
    coalesce(earlier.run_id, following.attempt_id) AS run_id,
    cast(:run_key AS text) AS run_key,
    coalesce(earlier.attempt, 0) + 1 AS attempt,
    coalesce(earlier.run_date, cast(:run_date AS date)) AS run_date,
    cast(:trigger AS text) AS trigger,
    cast(:contract_ids AS text[]) AS contract_ids
FROM (SELECT cast(nextval('invoicing.invoice_run_attempt_id_seq') AS integer) AS attempt_id) AS following
LEFT JOIN (
    SELECT
        run_id,
        attempt,
        run_date
    FROM invoicing.invoice_run
    WHERE run_key = cast(:run_key AS text)
    ORDER BY attempt DESC
    LIMIT 1
) AS earlier ON TRUE
RETURNING *
