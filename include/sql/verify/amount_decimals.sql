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
    d.actual_id,
    format('the detail says amount %s, tax %s; %s has %s decimals', d.amount, d.tax_amount, i.currency, u.decimals) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE (d.amount, d.tax_amount) <> (round(d.amount, u.decimals), round(d.tax_amount, u.decimals))
UNION ALL
SELECT
    l.contract_id,
    l.invoice_id,
    l.contract_line_id,
    NULL AS actual_id,
    format(
        'the line says %s chargeable, %s non-chargeable, %s complimentary, %s tax; %s has %s decimals',
        l.chargeable_amount, l.non_chargeable_amount, l.complimentary_amount, l.tax_amount, i.currency, u.decimals
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
INNER JOIN invoicing.invoice_line AS l ON i.contract_id = l.contract_id AND i.invoice_id = l.invoice_id
WHERE
    (l.chargeable_amount, l.non_chargeable_amount, l.complimentary_amount, l.tax_amount)
    <> (
        round(l.chargeable_amount, u.decimals), round(l.non_chargeable_amount, u.decimals),
        round(l.complimentary_amount, u.decimals), round(l.tax_amount, u.decimals)
    )
UNION ALL
SELECT
    i.contract_id,
    i.invoice_id,
    NULL AS contract_line_id,
    NULL AS actual_id,
    format(
        'the invoice says %s chargeable, %s non-chargeable, %s complimentary, %s tax, %s retainer; %s has %s decimals',
        i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount, i.retainer_applied_amount,
        i.currency, u.decimals
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
WHERE
    (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount, i.retainer_applied_amount)
    <> (
        round(i.chargeable_amount, u.decimals), round(i.non_chargeable_amount, u.decimals),
        round(i.complimentary_amount, u.decimals), round(i.tax_amount, u.decimals),
        round(i.retainer_applied_amount, u.decimals)
    )
ORDER BY contract_id ASC, invoice_id ASC, contract_line_id ASC, actual_id ASC
LIMIT :at_most
