-- Purpose: confirmed invoices that say otherwise than their billed sales, less what they took back. What was written off is
-- billed on no invoice. Postings that name an invoice which is not confirmed are shown as well.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice; one that is not there belongs to every date.
-- May be repeated: reads only.
WITH billed AS (
    SELECT
        contract_id,
        invoice_id,
        sum(CASE WHEN billing_type = 'chargeable' THEN amount ELSE 0 END) AS chargeable_amount,
        sum(CASE WHEN billing_type = 'non_chargeable' THEN amount ELSE 0 END) AS non_chargeable_amount,
        sum(CASE WHEN billing_type = 'complimentary' THEN amount ELSE 0 END) AS complimentary_amount,
        sum(CASE WHEN billing_type = 'chargeable' THEN tax_amount ELSE 0 END) AS tax_amount
    FROM invoicing.posting
    WHERE
        kind = 'billed_sales'
        AND posting <> 'written_off_billed'
    GROUP BY contract_id, invoice_id
),

invoice AS (
    SELECT
        *,
        run_date BETWEEN :from_date AND :to_date AS is_meant,
        status IN ('confirmed', 'paid') AS is_confirmed
    FROM invoicing.invoice
),

compared AS (
    SELECT
        coalesce(i.contract_id, billed.contract_id) AS contract_id,
        coalesce(i.invoice_id, billed.invoice_id) AS invoice_id,
        billed.invoice_id IS NOT NULL AS is_billed,
        coalesce(i.is_meant, TRUE) AS is_meant,
        coalesce(i.is_confirmed, FALSE) AS is_confirmed,
        i.chargeable_amount,
        i.non_chargeable_amount,
        i.complimentary_amount,
        i.tax_amount,
        coalesce(billed.chargeable_amount, 0) AS billed_chargeable_amount,
        coalesce(billed.non_chargeable_amount, 0) AS billed_non_chargeable_amount,
        coalesce(billed.complimentary_amount, 0) AS billed_complimentary_amount,
        coalesce(billed.tax_amount, 0) AS billed_tax_amount
    FROM invoice AS i
    FULL JOIN billed ON i.contract_id = billed.contract_id AND i.invoice_id = billed.invoice_id
)

SELECT
    contract_id,
    invoice_id,
    format(
        'the %s invoice says %s chargeable, %s non-chargeable, %s complimentary, %s tax; its billed sales come to %s, %s, %s, %s',
        CASE WHEN is_confirmed THEN 'confirmed' ELSE 'open' END,
        chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount,
        billed_chargeable_amount, billed_non_chargeable_amount, billed_complimentary_amount, billed_tax_amount
    ) AS message
FROM compared
WHERE
    is_meant
    AND CASE
        WHEN is_confirmed
            THEN
                (chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount)
                <> (billed_chargeable_amount, billed_non_chargeable_amount, billed_complimentary_amount, billed_tax_amount)
        ELSE is_billed
    END
ORDER BY contract_id ASC, invoice_id ASC
LIMIT :at_most
