-- Purpose: details of confirmed invoices whose source is not closed as their confirmation closes it: a share is posted, and
-- adjusted where the detail bills it otherwise; what a correction takes back are adjusted billed sales of the corrected invoice.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        contract_id,
        invoice_id,
        origin,
        corrects_invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status IN ('confirmed', 'paid')
),

compared AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        d.actual_id,
        a.transaction_id,
        a.milestone_id,
        d.amount,
        a.kind,
        a.billing_status,
        a.adjustment_status,
        a.invoice_id AS posted_on,
        CASE
            WHEN i.origin = 'corrective' THEN a.posting IN ('billed', 'billed_only')
            ELSE a.posting IS NULL OR a.posting IN ('remainder', 'ready_again')
        END AS is_source,
        CASE WHEN i.origin = 'corrective' THEN i.corrects_invoice_id ELSE i.invoice_id END AS right_invoice_id,
        CASE
            WHEN i.origin = 'corrective' THEN 'adjusted'
            WHEN
                a.kind = 'unbilled_sales'
                AND (d.quantity, d.unit_price, d.amount, d.billing_type) <> (a.quantity, a.unit_price, a.amount, a.billing_type)
                THEN 'adjusted'
        END AS right_adjustment_status
    FROM confirmed AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    actual_id,
    transaction_id,
    milestone_id,
    format(
        'a detail of %s is confirmed on invoice %s; its source is %s, %s, %s, posted on invoice %s, and should be %s, posted on %s',
        amount, invoice_id, kind, billing_status, coalesce(adjustment_status, 'not adjusted'), posted_on,
        coalesce(right_adjustment_status, 'not adjusted'), right_invoice_id
    ) AS message
FROM compared
WHERE
    is_source IS NOT TRUE
    OR billing_status <> 'invoice_posted'
    OR adjustment_status IS DISTINCT FROM right_adjustment_status
    OR posted_on IS DISTINCT FROM right_invoice_id
ORDER BY contract_id ASC, actual_id ASC
LIMIT :at_most
