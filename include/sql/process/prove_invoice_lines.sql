-- Purpose: hold the stored invoice lines against the sums that the run meant to write.
-- Parameters: run_id.
-- Grain: one row per invoice line that differs.
-- May be repeated: reads only.
SELECT
    meant.contract_id,
    meant.contract_line_id,
    meant.run_date,
    meant.detail_count,
    coalesce(l.detail_count, 0) AS found_count,
    meant.chargeable_amount,
    coalesce(l.chargeable_amount, 0) AS found_amount
FROM invoicing.run_invoice_line AS meant
LEFT JOIN invoicing.invoice_line AS l
    ON
        meant.contract_id = l.contract_id
        AND meant.invoice_id = l.invoice_id
        AND meant.contract_line_id = l.contract_line_id
WHERE
    meant.run_id = :run_id
    AND (
        meant.detail_count, meant.chargeable_amount, meant.non_chargeable_amount,
        meant.complimentary_amount, meant.tax_amount
    )
    IS DISTINCT FROM
    (l.detail_count, l.chargeable_amount, l.non_chargeable_amount, l.complimentary_amount, l.tax_amount)
ORDER BY meant.contract_id, meant.contract_line_id, meant.run_date
