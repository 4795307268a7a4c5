-- Purpose: succeeded runs whose accounting says otherwise than their row what was invoiced.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per run.
-- May be repeated: reads only.
SELECT
    r.run_id,
    format(
        'the run of %s selected %s ready transactions of %s and accounts for %s of %s as invoiced',
        r.run_date, r.ready_transactions, r.ready_amount, coalesce(x.transactions, 0), coalesce(x.amount, 0)
    ) AS message
FROM invoicing.invoice_run AS r
LEFT JOIN invoicing.run_accounting AS x ON r.run_id = x.run_id AND x.reason = 'invoiced'
WHERE
    (CAST(:run_date AS date) IS NULL OR r.run_date = CAST(:run_date AS date))
    AND r.status = 'succeeded'
    AND (r.ready_transactions, r.ready_amount) IS DISTINCT FROM (coalesce(x.transactions, 0), coalesce(x.amount, 0))
ORDER BY r.run_id
LIMIT :at_most
