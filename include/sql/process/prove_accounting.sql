-- Purpose: hold the run's accounting against the open unbilled sales actuals of its due lines, looked up anew.
-- Parameters: run_id.
-- Grain: one row: what there is, what of it was accounted for as it is, and what the accounting says. An actual that came, went
-- or changed its amount since it was selected shows here.
-- May be repeated: reads only.
SELECT
    found.transactions,
    found.amount,
    found.accounted_as_it_is,
    accounted.transactions AS accounted_transactions,
    accounted.amount AS accounted_amount
FROM
    (
        SELECT
            count(*) AS transactions,
            coalesce(sum(a.amount), 0) AS amount,
            count(s.actual_id) AS accounted_as_it_is
        FROM (
            SELECT DISTINCT
                contract_id,
                contract_line_id
            FROM invoicing.run_due_line
            WHERE run_id = :run_id
        ) AS l
        INNER JOIN invoicing.actual AS a
            ON l.contract_id = a.contract_id AND l.contract_line_id = a.contract_line_id
        LEFT JOIN invoicing.run_selection AS s
            ON
                a.contract_id = s.contract_id
                AND a.actual_id = s.actual_id
                AND a.amount = s.amount
                AND s.run_id = :run_id
        WHERE
            a.kind = 'unbilled_sales'
            AND a.billing_status IN ('unbilled', 'ready_to_invoice')
    ) AS found,
    (
        SELECT
            coalesce(sum(transactions), 0) AS transactions,
            coalesce(sum(amount), 0) AS amount
        FROM invoicing.run_accounting
        WHERE run_id = :run_id
    ) AS accounted
