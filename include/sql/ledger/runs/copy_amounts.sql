-- Purpose: as copy_buckets, of their amounts.
-- Parameters: attempt_id, from_attempt_id, bucket (the one that is repeated).
-- Grain: rows of run_amount.
-- May be repeated: no, an attempt records a bucket once.
INSERT INTO invoicing.run_amount (attempt_id, bucket, currency, ready_amount, chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    bucket,
    currency,
    ready_amount,
    chargeable_amount,
    non_chargeable_amount,
    complimentary_amount,
    tax_amount
FROM invoicing.run_amount
WHERE
    attempt_id = :from_attempt_id
    AND bucket <> :bucket
