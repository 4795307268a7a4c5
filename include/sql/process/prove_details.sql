-- Purpose: hold the stored details, line by line, against the sums that the run meant to write.
-- Parameters: run_id.
-- Grain: one row per invoice line that differs.
-- May be repeated: reads only.
SELECT
    l.contract_id,
    l.contract_line_id,
    l.run_date,
    l.detail_count,
    coalesce(d.detail_count, 0) AS found_count,
    l.chargeable_amount,
    coalesce(d.chargeable_amount, 0) AS found_amount
FROM invoicing.run_invoice_line AS l
LEFT JOIN (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        count(*) AS detail_count,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.amount ELSE 0 END) AS chargeable_amount,
        sum(CASE WHEN d.billing_type = 'non_chargeable' THEN d.amount ELSE 0 END) AS non_chargeable_amount,
        sum(CASE WHEN d.billing_type = 'complimentary' THEN d.amount ELSE 0 END) AS complimentary_amount,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.tax_amount ELSE 0 END) AS tax_amount
    FROM invoicing.run_selection AS s
    INNER JOIN invoicing.invoice_line_detail AS d ON s.contract_id = d.contract_id AND s.actual_id = d.actual_id
    WHERE
        s.run_id = :run_id
        AND s.reason = 'invoiced'
    GROUP BY d.contract_id, d.invoice_id, d.contract_line_id
) AS d
    ON
        l.contract_id = d.contract_id
        AND l.invoice_id = d.invoice_id
        AND l.contract_line_id = d.contract_line_id
WHERE
    l.run_id = :run_id
    AND (l.detail_count, l.chargeable_amount, l.non_chargeable_amount, l.complimentary_amount, l.tax_amount)
    IS DISTINCT FROM
    (d.detail_count, d.chargeable_amount, d.non_chargeable_amount, d.complimentary_amount, d.tax_amount)
ORDER BY l.contract_id, l.contract_line_id, l.run_date
