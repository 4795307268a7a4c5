-- Purpose: hold the run's accounting against the open unbilled sales actuals of its due lines, counted anew.
-- Parameters: run_id.
-- Grain: one row: what there is, what was accounted for. An actual that came, was canceled or changed its amount since it was
-- selected shows here.
-- May be repeated: reads only.
SELECT
    open_actual.transactions,
    open_actual.amount,
    accounted.transactions AS accounted_transactions,
    accounted.amount AS accounted_amount
FROM
    (
        SELECT
            count(*) AS transactions,
            coalesce(sum(a.amount), 0) AS amount
        FROM (
            SELECT DISTINCT
                contract_id,
                contract_line_id
            FROM invoicing.run_due_line
            WHERE run_id = :run_id
        ) AS l
        INNER JOIN invoicing.actual AS a
            ON l.contract_id = a.contract_id AND l.contract_line_id = a.contract_line_id
        WHERE
            a.kind = 'unbilled_sales'
            AND a.billing_status IN ('unbilled', 'ready_to_invoice')
    ) AS open_actual,
    (
        SELECT
            coalesce(sum(transactions), 0) AS transactions,
            coalesce(sum(amount), 0) AS amount
        FROM invoicing.run_accounting
        WHERE run_id = :run_id
    ) AS accounted
