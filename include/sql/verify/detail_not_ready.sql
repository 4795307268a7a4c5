-- Purpose: details of drafts whose source they cannot bill: a share that is not ready, canceled, or invoiced and confirmed
-- before; of a correction, what is not billed sales of the invoice it corrects, or was taken back before.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH draft AS (
    SELECT
        contract_id,
        invoice_id,
        origin,
        corrects_invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status IN ('draft', 'in_review')
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    a.milestone_id,
    CASE
        WHEN i.origin = 'corrective'
            THEN
                format(
                    'a detail of %s is on a correction of invoice %s and its actual is %s, %s, of invoice %s',
                    d.amount, i.corrects_invoice_id, coalesce(cast(a.posting AS text), 'not billed'),
                    coalesce(a.adjustment_status, 'not adjusted'), a.invoice_id
                )
        WHEN a.billing_status = 'ready_to_invoice' THEN format('a detail of %s is on a draft and its actual is %s', d.amount, a.kind)
        ELSE format('a detail of %s is on a draft and its actual is %s, not ready_to_invoice', d.amount, a.billing_status)
    END AS message
FROM draft AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE
    CASE
        WHEN i.origin <> 'corrective' THEN a.billing_status <> 'ready_to_invoice' OR a.kind = 'billed_sales'
        WHEN a.posting IN ('billed', 'billed_only')
            THEN a.adjustment_status IS NOT NULL OR a.invoice_id IS DISTINCT FROM i.corrects_invoice_id
        ELSE TRUE
    END
ORDER BY d.contract_id ASC, d.actual_id ASC
LIMIT :at_most
