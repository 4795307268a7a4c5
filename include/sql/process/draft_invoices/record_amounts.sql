-- Purpose: the amounts of a bucket: what is ready, and what the invoices of its rows come to.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row per currency in run_amount.
-- May be repeated: no; a bucket is recorded once in an attempt.
INSERT INTO invoicing.run_amount (
    attempt_id, bucket, currency, ready_amount, chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    cast(:bucket AS smallint) AS bucket,
    currency,
    sum(ready_amount) AS ready_amount,
    sum(chargeable_amount) AS chargeable_amount,
    sum(non_chargeable_amount) AS non_chargeable_amount,
    sum(complimentary_amount) AS complimentary_amount,
    sum(tax_amount) AS tax_amount
FROM (
    SELECT
        c.currency,
        sum(rl.amount) AS ready_amount,
        0 AS chargeable_amount,
        0 AS non_chargeable_amount,
        0 AS complimentary_amount,
        0 AS tax_amount
    FROM invoicing.run_line AS rl
    INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
    WHERE
        rl.attempt_id = :attempt_id
        AND rl.bucket = :bucket
        AND rl.reason = 'invoiced'
        AND rl.is_sale
    GROUP BY c.currency
    UNION ALL
    SELECT
        i.currency,
        0 AS ready_amount,
        sum(line.chargeable_amount) AS chargeable_amount,
        sum(line.non_chargeable_amount) AS non_chargeable_amount,
        sum(line.complimentary_amount) AS complimentary_amount,
        sum(line.tax_amount) AS tax_amount
    FROM invoicing.run_due_row AS l
    INNER JOIN invoicing.invoice AS i
        ON l.contract_id = i.contract_id AND l.run_date = i.run_date AND i.origin = 'scheduled'
    INNER JOIN invoicing.invoice_line AS line
        ON
            i.contract_id = line.contract_id
            AND i.invoice_id = line.invoice_id
            AND l.contract_line_id = line.contract_line_id
    WHERE
        l.attempt_id = :attempt_id
        AND l.slot BETWEEN :first_slot AND :last_slot
        AND l.customer_id = ''
    GROUP BY i.currency
) AS found
GROUP BY currency
