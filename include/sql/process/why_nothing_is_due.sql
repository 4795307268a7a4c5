-- Purpose: why a run date has nothing to do: the first date of all schedules, and the run of another day that took its rows.
-- Parameters: run_date, contract_ids (null: all).
-- Grain: one row; the columns of the other run are null when none took a row of that date.
-- May be repeated: reads only.
WITH dated AS (
    SELECT
        contract_id,
        run_date,
        ran_by
    FROM invoicing.invoice_schedule
    WHERE (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
    UNION ALL
    SELECT
        m.contract_id,
        m.milestone_date AS run_date,
        m.ran_by
    FROM invoicing.milestone AS m
    INNER JOIN invoicing.contract_line AS cl
        ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
    WHERE
        cl.billing_method = 'fixed_price'
        AND (cast(:contract_ids AS text[]) IS NULL OR m.contract_id = any(cast(:contract_ids AS text[])))
),

taken AS (
    SELECT
        r.run_id,
        r.run_key,
        r.run_date,
        count(*) AS row_count
    FROM dated
    INNER JOIN invoicing.invoice_run AS r ON dated.ran_by = r.run_id
    WHERE
        dated.run_date = :run_date
        AND r.run_date <> :run_date
    GROUP BY r.run_id, r.run_key, r.run_date
)

SELECT
    earliest.run_date AS first_run_date,
    taken.run_id,
    taken.run_key,
    taken.run_date
FROM (SELECT min(run_date) AS run_date FROM dated) AS earliest
LEFT JOIN taken ON TRUE
ORDER BY taken.row_count DESC, taken.run_id DESC
LIMIT 1
