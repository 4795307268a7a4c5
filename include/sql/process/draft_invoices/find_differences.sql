-- Purpose: compare what is stored, line by line, with what the filter said: the details themselves, and the sums of their line.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row per line of a draft derived afresh that differs, ten at most.
-- May be repeated: reads only.
SELECT
    coalesce(meant.contract_id, stored.contract_id) AS contract_id,
    coalesce(meant.contract_line_id, stored.contract_line_id) AS contract_line_id,
    coalesce(meant.run_date, stored.run_date) AS run_date,
    coalesce(meant.detail_count, 0) AS detail_count,
    coalesce(meant.chargeable_amount, 0) AS chargeable_amount,
    coalesce(stored.detail_count, 0) AS found_count,
    coalesce(stored.chargeable_amount, 0) AS found_amount
FROM (
    SELECT
        contract_id,
        contract_line_id,
        invoice_id,
        run_date,
        sum(billables) AS detail_count,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0) AS complimentary_amount,
        coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS tax_amount
    FROM invoicing.run_line
    WHERE
        attempt_id = :attempt_id
        AND bucket = :bucket
        AND reason = 'invoiced'
    GROUP BY contract_id, contract_line_id, invoice_id, run_date
) AS meant
FULL JOIN (
    SELECT
        i.contract_id,
        d.contract_line_id,
        i.invoice_id,
        i.run_date,
        count(*) AS detail_count,
        coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'chargeable'), 0) AS chargeable_amount,
        coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
        coalesce(sum(d.amount) FILTER (WHERE d.billing_type = 'complimentary'), 0) AS complimentary_amount,
        coalesce(sum(d.tax_amount) FILTER (WHERE d.billing_type = 'chargeable'), 0) AS tax_amount
    FROM invoicing.run_due_row AS l
    INNER JOIN invoicing.invoice AS i ON l.contract_id = i.contract_id AND l.run_date = i.run_date AND i.is_run_owned
    INNER JOIN invoicing.invoice_line_detail AS d
        ON
            i.contract_id = d.contract_id
            AND i.invoice_id = d.invoice_id
            AND l.contract_line_id = d.contract_line_id
    WHERE
        l.attempt_id = :attempt_id
        AND l.slot BETWEEN :first_slot AND :last_slot
        AND l.customer_id = ''
        AND NOT l.is_quarantined
    GROUP BY i.contract_id, d.contract_line_id, i.invoice_id, i.run_date
) AS stored
    ON
        meant.contract_id = stored.contract_id
        AND meant.contract_line_id = stored.contract_line_id
        AND meant.invoice_id = stored.invoice_id
LEFT JOIN invoicing.invoice_line AS line
    ON
        stored.contract_id = line.contract_id
        AND stored.invoice_id = line.invoice_id
        AND stored.contract_line_id = line.contract_line_id
WHERE
    (
        meant.detail_count, meant.chargeable_amount, meant.non_chargeable_amount, meant.complimentary_amount, meant.tax_amount
    ) IS DISTINCT FROM (
        stored.detail_count, stored.chargeable_amount, stored.non_chargeable_amount, stored.complimentary_amount,
        stored.tax_amount
    )
    OR (
        line.detail_count, line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount
    ) IS DISTINCT FROM (
        stored.detail_count, stored.chargeable_amount, stored.non_chargeable_amount, stored.complimentary_amount,
        stored.tax_amount
    )
ORDER BY contract_id, contract_line_id, run_date
LIMIT 10
