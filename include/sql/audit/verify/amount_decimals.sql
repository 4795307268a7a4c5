-- Purpose: amounts with more decimals than the currency of their invoice has, on details, lines and invoices.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail, invoice line or invoice.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT *
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    format('the detail says amount %s, tax %s; %s has %s decimals', d.amount, d.tax_amount, i.currency, cu.decimals) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE (d.amount, d.tax_amount) <> (round(d.amount, cu.decimals), round(d.tax_amount, cu.decimals))
UNION ALL
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    NULL AS detail_id,
    format(
        'the line says %s chargeable, %s non-chargeable, %s complimentary, %s tax; %s has %s decimals',
        line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount, i.currency, cu.decimals
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE
    (line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount)
    <> (
        round(line.chargeable_amount, cu.decimals), round(line.non_chargeable_amount, cu.decimals),
        round(line.complimentary_amount, cu.decimals), round(line.tax_amount, cu.decimals)
    )
UNION ALL
SELECT
    i.contract_id,
    i.invoice_id,
    NULL AS contract_line_id,
    NULL AS detail_id,
    format(
        'the invoice says %s chargeable, %s non-chargeable, %s complimentary, %s tax, %s retainer; %s has %s decimals',
        i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount, i.retainer_applied_amount,
        i.currency, cu.decimals
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
WHERE
    (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount, i.retainer_applied_amount)
    <> (
        round(i.chargeable_amount, cu.decimals), round(i.non_chargeable_amount, cu.decimals),
        round(i.complimentary_amount, cu.decimals), round(i.tax_amount, cu.decimals),
        round(i.retainer_applied_amount, cu.decimals)
    )
ORDER BY contract_id ASC, invoice_id ASC, contract_line_id ASC, detail_id ASC
LIMIT :at_most
