-- Purpose: the accounting of a bucket: what every open unbilled sale of its due lines was counted under.
-- Parameters: attempt_id, bucket.
-- Grain: one row per reason and currency in run_accounting.
-- May be repeated: no; a bucket is recorded once in an attempt.
INSERT INTO invoicing.run_accounting (attempt_id, bucket, reason, currency, transactions, amount)
SELECT
    rl.attempt_id,
    rl.bucket,
    rl.reason,
    c.currency,
    sum(rl.billables) AS transactions,
    sum(rl.amount) AS amount
FROM invoicing.run_line AS rl
INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
WHERE
    rl.attempt_id = :attempt_id
    AND rl.bucket = :bucket
    AND rl.is_sale
GROUP BY rl.attempt_id, rl.bucket, rl.reason, c.currency
