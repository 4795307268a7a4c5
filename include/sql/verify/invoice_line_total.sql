-- Purpose: invoice lines whose sums or count are not those of their details.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per invoice line.
-- May be repeated: reads only.
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    format(
        'the line says %s details of %s chargeable, %s non-chargeable, %s complimentary, %s tax; its %s details come to '
        '%s, %s, %s, %s',
        line.detail_count,
        line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount,
        coalesce(detail.detail_count, 0),
        coalesce(detail.chargeable_amount, 0), coalesce(detail.non_chargeable_amount, 0),
        coalesce(detail.complimentary_amount, 0), coalesce(detail.tax_amount, 0)
    ) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
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
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    WHERE CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date)
    GROUP BY d.contract_id, d.invoice_id, d.contract_line_id
) AS detail
    ON
        line.contract_id = detail.contract_id
        AND line.invoice_id = detail.invoice_id
        AND line.contract_line_id = detail.contract_line_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (
        line.detail_count,
        line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount
    )
    IS DISTINCT FROM
    (
        coalesce(detail.detail_count, 0),
        coalesce(detail.chargeable_amount, 0), coalesce(detail.non_chargeable_amount, 0),
        coalesce(detail.complimentary_amount, 0), coalesce(detail.tax_amount, 0)
    )
ORDER BY line.contract_id, line.invoice_id, line.contract_line_id
LIMIT :at_most
