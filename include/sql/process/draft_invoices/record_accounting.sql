-- Purpose: the accounting of a bucket: what every open unbilled sale of its due lines was counted under.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row per reason and currency in run_accounting.
-- May be repeated: no; a bucket is recorded once in an attempt.
INSERT INTO invoicing.run_accounting (attempt_id, bucket, reason, currency, transactions, amount)
SELECT
    rl.attempt_id,
    cast(:bucket AS smallint) AS bucket,
    rl.reason,
    c.currency,
    sum(rl.billables) AS transactions,
    sum(rl.amount) AS amount
FROM invoicing.run_line AS rl
INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
WHERE
    rl.attempt_id = :attempt_id
    AND rl.slot BETWEEN :first_slot AND :last_slot
    AND rl.is_sale
GROUP BY rl.attempt_id, rl.reason, c.currency
