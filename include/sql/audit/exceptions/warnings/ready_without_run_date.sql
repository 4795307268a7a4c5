-- Purpose: ready transactions that no coming run date of their line takes, for instance of a past month after the last row has run. Of a
--          line that never had a schedule another warning speaks.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    b.contract_id,
    'ready_without_run_date' AS code,
    'warning' AS severity,
    b.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    cast(count(*) AS text) || ' ready transactions of line ' || b.contract_line_id
    || ', the first of ' || cast(min(b.transaction_date) AS text)
    || ', are taken by none of its coming run dates; add a row to invoice_schedules, or invoice them by hand.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN (
    SELECT DISTINCT
        contract_id,
        contract_line_id
    FROM rules.dated_row
) AS scheduled ON cl.contract_id = scheduled.contract_id AND cl.contract_line_id = scheduled.contract_line_id
LEFT JOIN (
    SELECT
        contract_id,
        contract_line_id,
        max(cutoff_date) AS last_cutoff_date
    FROM rules.pending_row
    GROUP BY contract_id, contract_line_id
) AS coming ON cl.contract_id = coming.contract_id AND cl.contract_line_id = coming.contract_line_id
INNER JOIN rules.ready_billable AS b
    ON
        cl.contract_id = b.contract_id
        AND cl.contract_line_id = b.contract_line_id
        AND b.transaction_date > coalesce(coming.last_cutoff_date, date '-infinity')
WHERE
    c.state = 'active'
    AND (scheduled.contract_id IS NOT NULL OR cl.invoice_frequency_id IS NOT NULL)
    AND b.is_sale
    AND (cast(:contract_ids AS text[]) IS NULL OR b.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY b.contract_id, b.contract_line_id
