-- Purpose: succeeded attempts of runs whose accounting says otherwise than their buckets what was invoiced.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per attempt.
-- May be repeated: reads only.
WITH counted AS (
    SELECT
        attempt_id,
        sum(ready_transactions) AS transactions
    FROM invoicing.run_bucket
    GROUP BY attempt_id
),

ready AS (
    SELECT
        attempt_id,
        jsonb_object_agg(currency, amount) AS amounts
    FROM (
        SELECT
            attempt_id,
            currency,
            trim_scale(sum(ready_amount)) AS amount
        FROM invoicing.run_amount
        GROUP BY attempt_id, currency
        HAVING sum(ready_amount) <> 0
    ) AS of_currency
    GROUP BY attempt_id
),

accounted AS (
    SELECT
        attempt_id,
        sum(transactions) AS transactions,
        jsonb_object_agg(currency, amount) FILTER (WHERE amount <> 0) AS amounts
    FROM (
        SELECT
            attempt_id,
            currency,
            sum(transactions) AS transactions,
            trim_scale(sum(amount)) AS amount
        FROM invoicing.run_accounting
        WHERE reason = 'invoiced'
        GROUP BY attempt_id, currency
    ) AS of_currency
    GROUP BY attempt_id
)

SELECT
    r.run_id,
    format(
        'the run of %s found %s ready transactions of %s and accounts for %s of %s as invoiced, in attempt %s',
        r.run_date, coalesce(counted.transactions, 0), coalesce(ready.amounts, '{}'),
        coalesce(accounted.transactions, 0), coalesce(accounted.amounts, '{}'), r.attempt
    ) AS message
FROM invoicing.invoice_run AS r
LEFT JOIN counted ON r.attempt_id = counted.attempt_id
LEFT JOIN ready ON r.attempt_id = ready.attempt_id
LEFT JOIN accounted ON r.attempt_id = accounted.attempt_id
WHERE
    r.run_date BETWEEN :from_date AND :to_date
    AND r.status = 'succeeded'
    AND (
        coalesce(counted.transactions, 0) <> coalesce(accounted.transactions, 0)
        OR coalesce(ready.amounts, '{}') <> coalesce(accounted.amounts, '{}')
    )
ORDER BY r.attempt_id ASC
LIMIT :at_most
