-- Purpose: invoices whose totals are not the sums of their lines.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    format(
        'the invoice says %s chargeable, %s non-chargeable, %s complimentary, %s tax; its lines come to %s, %s, %s, %s',
        i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount,
        coalesce(line.chargeable_amount, 0), coalesce(line.non_chargeable_amount, 0),
        coalesce(line.complimentary_amount, 0), coalesce(line.tax_amount, 0)
    ) AS message
FROM invoicing.invoice AS i
LEFT JOIN (
    SELECT
        contract_id,
        invoice_id,
        sum(chargeable_amount) AS chargeable_amount,
        sum(non_chargeable_amount) AS non_chargeable_amount,
        sum(complimentary_amount) AS complimentary_amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.invoice_line
    GROUP BY contract_id, invoice_id
) AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount)
    IS DISTINCT FROM
    (
        coalesce(line.chargeable_amount, 0), coalesce(line.non_chargeable_amount, 0),
        coalesce(line.complimentary_amount, 0), coalesce(line.tax_amount, 0)
    )
ORDER BY i.contract_id, i.invoice_id
LIMIT :at_most
