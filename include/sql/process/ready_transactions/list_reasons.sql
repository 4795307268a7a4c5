-- Purpose: how much of a bucket is invoiced, how much waits, and why.
-- Parameters: attempt_id, bucket.
-- Grain: one row per reason and currency.
-- May be repeated: reads only.
SELECT
    cast(rl.reason AS text) AS reason,
    c.currency,
    cast(sum(rl.billables) AS bigint) AS transactions,
    sum(rl.amount) AS amount
FROM invoicing.run_line AS rl
INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
WHERE
    rl.attempt_id = :attempt_id
    AND rl.bucket = :bucket
    AND rl.is_sale
GROUP BY rl.reason, c.currency
ORDER BY rl.reason, c.currency
