-- Purpose: the run dates that the frequencies of contract lines make, from the start of their billing to its end, both included, or to
--          the last date asked for. Every other week counts from the first run day on or after the start.
-- Parameters: until, contract_ids (null: all).
-- Grain: one row per line and run date.
-- May be repeated: once a transaction, after drop_run_dates. Dates are added as numbers of days: no session moves them.
CREATE TEMPORARY TABLE frequency_date ON COMMIT DROP AS
WITH line AS (
    SELECT
        cl.contract_id,
        cl.contract_line_id,
        cl.invoice_frequency_id,
        cl.billing_start_date AS first_date,
        least(cl.billing_end_date, cast(:until AS date)) AS last_date
    FROM invoicing.contract_line AS cl
    INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
    WHERE
        cl.billing_method = 'time_and_material'
        AND cl.billing_start_date IS NOT NULL
        AND c.state <> 'closed'
        AND (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
),

weekly AS (
    SELECT
        line.contract_id,
        line.contract_line_id,
        line.last_date,
        line.first_date + (f.weekday - cast(extract(ISODOW FROM line.first_date) AS integer) + 7) % 7 AS first_run_date,
        CASE f.period WHEN 'weekly' THEN 7 ELSE 14 END AS days
    FROM line
    INNER JOIN rules.frequency_day AS f ON line.invoice_frequency_id = f.invoice_frequency_id
    WHERE f.period <> 'monthly'
),

month AS (
    SELECT
        line.*,
        make_date(counted.month_number / 12, counted.month_number % 12 + 1, 1) AS first_of_month,
        make_date((counted.month_number + 1) / 12, (counted.month_number + 1) % 12 + 1, 1) - 1 AS last_of_month
    FROM line
    CROSS JOIN
        LATERAL generate_series(
            cast(extract(YEAR FROM line.first_date) * 12 + extract(MONTH FROM line.first_date) - 1 AS integer),
            cast(extract(YEAR FROM line.last_date) * 12 + extract(MONTH FROM line.last_date) - 1 AS integer)
        ) AS counted (month_number)
),

dated AS (
    SELECT
        weekly.contract_id,
        weekly.contract_line_id,
        weekly.first_run_date + weekly.days * counted.runs AS run_date
    FROM weekly
    CROSS JOIN LATERAL generate_series(0, (weekly.last_date - weekly.first_run_date) / weekly.days) AS counted (runs)
    WHERE weekly.first_run_date <= weekly.last_date
    UNION ALL
    SELECT
        month.contract_id,
        month.contract_line_id,
        CASE
            WHEN f.day_of_month IS NOT NULL THEN least(month.first_of_month + f.day_of_month - 1, month.last_of_month)
            WHEN f.occurrence IS NOT NULL
                THEN
                    month.first_of_month + (f.weekday - cast(extract(ISODOW FROM month.first_of_month) AS integer) + 7) % 7
                    + 7 * (f.occurrence - 1)
            ELSE month.last_of_month - (cast(extract(ISODOW FROM month.last_of_month) AS integer) - f.weekday + 7) % 7
        END AS run_date
    FROM month
    INNER JOIN rules.frequency_day AS f ON month.invoice_frequency_id = f.invoice_frequency_id
    WHERE
        f.period = 'monthly'
        AND month.first_date <= month.last_date
)

SELECT DISTINCT
    dated.contract_id,
    dated.contract_line_id,
    dated.run_date
FROM dated
INNER JOIN line ON dated.contract_id = line.contract_id AND dated.contract_line_id = line.contract_line_id
WHERE dated.run_date BETWEEN line.first_date AND line.last_date
