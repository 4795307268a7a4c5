-- Purpose: how the generated schedules differ from what the frequencies make. A row after the last generated one extends a schedule. A
--          row before that, and one that no frequency makes any more, are changed on request alone (is_request), and only in the
--          future. A date on which the line has a row of another source needs no second one.
-- Parameters: today, until, contract_ids (null: all); reads frequency_date.
-- Grain: one row per line and run date that is to be added or removed.
-- May be repeated: reads only.
WITH known AS (
    SELECT
        s.contract_id,
        s.contract_line_id,
        s.run_date,
        bool_or(s.source = 'generated' AND s.run_status = 'not_run') AS is_removable,
        bool_and(s.source = 'generated') AS is_generated
    FROM invoicing.schedule_row AS s
    WHERE
        s.source IN ('generated', 'delivered', 'manual')
        AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
    GROUP BY s.contract_id, s.contract_line_id, s.run_date
),

generated AS (
    SELECT
        contract_id,
        contract_line_id,
        max(run_date) AS last_run_date
    FROM known
    WHERE is_generated
    GROUP BY contract_id, contract_line_id
)

SELECT
    made.contract_id,
    made.contract_line_id,
    made.run_date,
    'added' AS change,
    generated.last_run_date IS NOT NULL AND made.run_date < generated.last_run_date AS is_request
FROM pg_temp.frequency_date AS made
LEFT JOIN known
    ON
        made.contract_id = known.contract_id
        AND made.contract_line_id = known.contract_line_id
        AND made.run_date = known.run_date
LEFT JOIN generated ON made.contract_id = generated.contract_id AND made.contract_line_id = generated.contract_line_id
WHERE
    known.run_date IS NULL
    AND (generated.last_run_date IS NULL OR made.run_date > least(generated.last_run_date, cast(:today AS date)))
UNION ALL
SELECT
    known.contract_id,
    known.contract_line_id,
    known.run_date,
    'removed' AS change,
    TRUE AS is_request
FROM known
LEFT JOIN pg_temp.frequency_date AS made
    ON
        known.contract_id = made.contract_id
        AND known.contract_line_id = made.contract_line_id
        AND known.run_date = made.run_date
WHERE
    made.run_date IS NULL
    AND known.is_removable
    AND known.run_date > cast(:today AS date)
    AND known.run_date <= cast(:until AS date)
ORDER BY contract_id ASC, contract_line_id ASC, run_date ASC
