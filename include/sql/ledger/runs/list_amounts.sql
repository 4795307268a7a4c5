-- Purpose: the amounts of an attempt, added up over its buckets.
-- Parameters: attempt_id.
-- Grain: one row per currency.
-- May be repeated: reads only.
SELECT
    currency,
    sum(ready_amount) AS ready_amount,
    sum(chargeable_amount) AS chargeable_amount,
    sum(non_chargeable_amount) AS non_chargeable_amount,
    sum(complimentary_amount) AS complimentary_amount,
    sum(tax_amount) AS tax_amount
FROM invoicing.run_amount
WHERE attempt_id = :attempt_id
GROUP BY currency
ORDER BY currency
