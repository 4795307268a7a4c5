-- Purpose: ready work that no coming run takes: it is dated after the last cut-off of its line that is still to come, or its contract
-- is not active. Of lines that ever had a row, or a frequency; of one that never had, another warning speaks.
-- Parameters: oldest_as_of (date), contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only. Line by line, so that work which a coming run takes is not read at all.
SELECT
    cl.contract_id,
    'ready_without_run_date' AS code,
    'warning' AS severity,
    cl.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    cast(waiting.transactions AS text) || ' ready transactions of line ' || cl.contract_line_id || ', the first of '
    || cast(waiting.first_date AS text)
    || CASE
        WHEN c.state = 'active'
            THEN ', are taken by none of its coming run dates; add a row to invoice_schedules, or invoice them by hand.'
        ELSE ', wait on a contract that is ' || c.state || '; make it active.'
    END AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN (
    SELECT
        s.contract_id,
        s.contract_line_id,
        max(s.cutoff_date) AS cutoff_date
    FROM rules.pending_row AS s
    WHERE
        s.contract_state = 'active'
        AND s.run_date >= :oldest_as_of
    GROUP BY s.contract_id, s.contract_line_id
) AS last ON cl.contract_id = last.contract_id AND cl.contract_line_id = last.contract_line_id
CROSS JOIN
    LATERAL (
        SELECT
            b.contract_id,
            count(*) AS transactions,
            min(b.transaction_date) AS first_date
        FROM rules.ready_billable AS b
        WHERE
            b.contract_id = cl.contract_id
            AND b.contract_line_id = cl.contract_line_id
            AND b.is_sale
            AND b.transaction_date > coalesce(last.cutoff_date, date '-infinity')
        GROUP BY b.contract_id
    ) AS waiting
WHERE
    (cast(:contract_ids AS text[]) IS NULL OR cl.contract_id = any(cast(:contract_ids AS text[])))
    AND (
        cl.invoice_frequency_id IS NOT NULL
        OR last.cutoff_date IS NOT NULL
        -- The first row by its key, so that what ever ran is not read.
        OR (
            SELECT min(s.run_date) FROM invoicing.schedule_row AS s
            WHERE
                s.contract_id = cl.contract_id
                AND s.contract_line_id = cl.contract_line_id
        ) IS NOT NULL
    )
