-- Purpose: the invoices that a run stands for, one page of them: those of the schedule rows and milestones that it ran, of
-- its own date also those that another run of that date ran, and, while it is in progress, those it has written so far.
-- Parameters: run_id, run_date, contract_ids (null: all), row_limit, row_offset.
-- Grain: one row per invoice; invoice_count: how many there are on all pages.
-- May be repeated: reads only.
WITH same_date AS (
    SELECT run_id
    FROM invoicing.invoice_run
    WHERE run_date = :run_date
),

ran AS (
    SELECT
        contract_id,
        run_date
    FROM invoicing.invoice_schedule
    WHERE
        run_status = 'run_successful'
        AND (ran_by = :run_id OR (run_date = :run_date AND ran_by IN (SELECT same_date.run_id FROM same_date)))
    UNION
    SELECT
        contract_id,
        milestone_date AS run_date
    FROM invoicing.milestone
    WHERE
        run_status = 'run_successful'
        AND (ran_by = :run_id OR (milestone_date = :run_date AND ran_by IN (SELECT same_date.run_id FROM same_date)))
    UNION
    SELECT
        contract_id,
        run_date
    FROM invoicing.run_invoice_line
    WHERE run_id = :run_id
)

SELECT
    i.invoice_id,
    i.contract_id,
    c.name AS contract_name,
    i.customer_id,
    u.name AS customer_name,
    i.currency,
    i.run_date,
    i.status,
    i.chargeable_amount,
    i.tax_amount,
    i.total_amount,
    count(*) OVER () AS invoice_count
FROM ran AS r
INNER JOIN invoicing.invoice AS i ON r.contract_id = i.contract_id AND r.run_date = i.run_date
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON i.customer_id = u.customer_id
WHERE
    i.origin = 'scheduled'
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC
LIMIT :row_limit OFFSET :row_offset
