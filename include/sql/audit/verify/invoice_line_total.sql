-- Purpose: invoice lines whose sums or count are not those of their details.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice line.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
),

detail_sum AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        count(*) AS detail_count,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.amount ELSE 0 END) AS chargeable_amount,
        sum(CASE WHEN d.billing_type = 'non_chargeable' THEN d.amount ELSE 0 END) AS non_chargeable_amount,
        sum(CASE WHEN d.billing_type = 'complimentary' THEN d.amount ELSE 0 END) AS complimentary_amount,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.tax_amount ELSE 0 END) AS tax_amount
    FROM invoice AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    GROUP BY d.contract_id, d.invoice_id, d.contract_line_id
),

compared AS (
    SELECT
        line.*,
        coalesce(detail_sum.detail_count, 0) AS found_count,
        coalesce(detail_sum.chargeable_amount, 0) AS detail_chargeable_amount,
        coalesce(detail_sum.non_chargeable_amount, 0) AS detail_non_chargeable_amount,
        coalesce(detail_sum.complimentary_amount, 0) AS detail_complimentary_amount,
        coalesce(detail_sum.tax_amount, 0) AS detail_tax_amount
    FROM invoice AS i
    INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
    LEFT JOIN detail_sum
        ON
            line.contract_id = detail_sum.contract_id
            AND line.invoice_id = detail_sum.invoice_id
            AND line.contract_line_id = detail_sum.contract_line_id
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    format(
        'the line says %s details of %s chargeable, %s non-chargeable, %s complimentary, %s tax; '
        'it has %s of %s, %s, %s, %s',
        detail_count, chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount,
        found_count, detail_chargeable_amount, detail_non_chargeable_amount, detail_complimentary_amount, detail_tax_amount
    ) AS message
FROM compared
WHERE
    (detail_count, chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount)
    <> (
        found_count, detail_chargeable_amount, detail_non_chargeable_amount, detail_complimentary_amount, detail_tax_amount
    )
ORDER BY contract_id ASC, invoice_id ASC, contract_line_id ASC
LIMIT :at_most
