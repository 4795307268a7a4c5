-- Purpose: succeeded runs whose accounting says otherwise than their row what was invoiced.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per run.
-- May be repeated: reads only.
WITH run AS (
    SELECT *
    FROM invoicing.invoice_run
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status = 'succeeded'
),

compared AS (
    SELECT
        r.*,
        coalesce(a.transactions, 0) AS accounted_transactions,
        coalesce(a.amount, 0) AS accounted_amount
    FROM run AS r
    LEFT JOIN invoicing.run_accounting AS a ON r.run_id = a.run_id AND a.reason = 'invoiced'
)

SELECT
    run_id,
    format(
        'the run of %s found %s ready transactions of %s and accounts for %s of %s as invoiced',
        run_date, ready_transactions, ready_amount, accounted_transactions, accounted_amount
    ) AS message
FROM compared
WHERE (ready_transactions, ready_amount) <> (accounted_transactions, accounted_amount)
ORDER BY run_id ASC
LIMIT :at_most
