-- Purpose: amounts with more decimals than the currency of their invoice has, on details, lines and invoices.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per detail, invoice line or invoice.
-- May be repeated: reads only.
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    format('the detail says amount %s, tax %s; %s has %s decimals', d.amount, d.tax_amount, i.currency, u.decimals) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (d.amount, d.tax_amount) <> (round(d.amount, u.decimals), round(d.tax_amount, u.decimals))
UNION ALL
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    NULL AS actual_id,
    format(
        'the line says %s chargeable, %s non-chargeable, %s complimentary, %s tax; %s has %s decimals',
        line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount,
        i.currency, u.decimals
    ) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount, line.tax_amount)
    <>
    (
        round(line.chargeable_amount, u.decimals), round(line.non_chargeable_amount, u.decimals),
        round(line.complimentary_amount, u.decimals), round(line.tax_amount, u.decimals)
    )
UNION ALL
SELECT
    i.contract_id,
    i.invoice_id,
    NULL AS contract_line_id,
    NULL AS actual_id,
    format('the invoice says %s in total; %s has %s decimals', i.total_amount, i.currency, u.decimals) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.currency AS u ON i.currency = u.currency
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount, i.retainer_applied_amount)
    <>
    (
        round(i.chargeable_amount, u.decimals), round(i.non_chargeable_amount, u.decimals),
        round(i.complimentary_amount, u.decimals), round(i.tax_amount, u.decimals),
        round(i.retainer_applied_amount, u.decimals)
    )
ORDER BY contract_id, invoice_id, contract_line_id, actual_id
LIMIT :at_most
