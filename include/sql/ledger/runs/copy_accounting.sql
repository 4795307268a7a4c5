-- Purpose: as copy_buckets, of their accounting.
-- Parameters: attempt_id, from_attempt_id, bucket (the one that is repeated).
-- Grain: rows of run_accounting.
-- May be repeated: no, an attempt records a bucket once.
INSERT INTO invoicing.run_accounting (attempt_id, bucket, reason, currency, transactions, amount)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    bucket,
    reason,
    currency,
    transactions,
    amount
FROM invoicing.run_accounting
WHERE
    attempt_id = :from_attempt_id
    AND bucket <> :bucket
