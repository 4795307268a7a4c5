-- Purpose: the invoices that a run stands for, one page of them: those of its run date, and those of the days that it
-- caught up, whose schedule rows or milestones it marked.
-- Parameters: run_date, ran_at (when the run started), contract_ids (null: all), row_limit, row_offset.
-- Grain: one row per invoice; invoice_count: how many there are on all pages.
-- May be repeated: reads only.
WITH late AS (
    SELECT
        contract_id,
        run_date
    FROM invoicing.invoice_schedule
    WHERE run_date < :run_date AND ran_at = :ran_at AND run_status = 'run_successful'
    UNION
    SELECT
        contract_id,
        milestone_date AS run_date
    FROM invoicing.milestone
    WHERE milestone_date < :run_date AND ran_at = :ran_at AND run_status = 'run_successful'
),

of_run AS (
    SELECT i.*
    FROM invoicing.invoice AS i
    WHERE i.run_date = :run_date AND i.origin = 'scheduled'
    UNION ALL
    SELECT i.*
    FROM invoicing.invoice AS i
    INNER JOIN late AS l ON i.contract_id = l.contract_id AND i.run_date = l.run_date
    WHERE i.origin = 'scheduled'
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
FROM of_run AS i
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON i.customer_id = u.customer_id
WHERE cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[]))
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC
LIMIT :row_limit OFFSET :row_offset
