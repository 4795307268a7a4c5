-- Purpose: the invoices that a run stands for, one page of them, as they stand now: those of the schedule rows of its day, whichever
-- run took them, and of the missed days that a run of its day caught up. A run in progress has marked what it has written so far.
-- Parameters: run_date, contract_ids (null: all), row_limit, row_offset.
-- Grain: one row per invoice; invoice_count: how many there are on all pages.
-- May be repeated: reads only.
SELECT
    i.invoice_id,
    i.invoice_number,
    i.contract_id,
    i.contract_name,
    i.customer_id,
    i.customer_name,
    i.currency,
    i.run_date,
    i.origin,
    i.status,
    i.chargeable_amount,
    i.tax_amount,
    i.total_amount,
    count(*) OVER () AS invoice_count
FROM analytics.invoices AS i
INNER JOIN (
    SELECT
        contract_id,
        run_date
    FROM rules.dated_row
    WHERE
        run_date = :run_date
        AND ran_at IS NOT NULL
        AND run_status = 'run_successful'
    UNION
    SELECT
        contract_id,
        run_date
    FROM rules.dated_row
    WHERE
        ran_for = :run_date
        AND ran_for <> run_date
        AND run_status = 'run_successful'
) AS ran ON i.contract_id = ran.contract_id AND i.run_date = ran.run_date
WHERE
    i.origin = 'scheduled'
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC
LIMIT :row_limit OFFSET :row_offset
