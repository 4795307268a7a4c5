-- Purpose: invoices whose totals are not the sums of their lines.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH line_sum AS (
    SELECT
        contract_id,
        invoice_id,
        sum(chargeable_amount) AS chargeable_amount,
        sum(non_chargeable_amount) AS non_chargeable_amount,
        sum(complimentary_amount) AS complimentary_amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.invoice_line
    GROUP BY contract_id, invoice_id
),

compared AS (
    SELECT
        i.*,
        coalesce(line_sum.chargeable_amount, 0) AS line_chargeable_amount,
        coalesce(line_sum.non_chargeable_amount, 0) AS line_non_chargeable_amount,
        coalesce(line_sum.complimentary_amount, 0) AS line_complimentary_amount,
        coalesce(line_sum.tax_amount, 0) AS line_tax_amount
    FROM invoicing.invoice AS i
    LEFT JOIN line_sum ON i.contract_id = line_sum.contract_id AND i.invoice_id = line_sum.invoice_id
)

SELECT
    contract_id,
    invoice_id,
    format(
        'the invoice says %s chargeable, %s non-chargeable, %s complimentary, %s tax; its lines come to %s, %s, %s, %s',
        chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount,
        line_chargeable_amount, line_non_chargeable_amount, line_complimentary_amount, line_tax_amount
    ) AS message
FROM compared
WHERE
    run_date BETWEEN :from_date AND :to_date
    AND (chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount)
    <> (line_chargeable_amount, line_non_chargeable_amount, line_complimentary_amount, line_tax_amount)
ORDER BY contract_id ASC, invoice_id ASC
LIMIT :at_most
