-- Purpose: details of drafts whose actual is not to be invoiced: not ready, canceled, or invoiced and confirmed before.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail; those of corrective drafts, which take back what was confirmed, are left out.
-- May be repeated: reads only.
WITH draft AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND origin <> 'corrective'
        AND status IN ('draft', 'in_review')
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    a.milestone_id,
    format('a detail of %s is on a draft and its actual is %s, not ready_to_invoice', d.amount, a.billing_status) AS message
FROM draft AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE a.billing_status <> 'ready_to_invoice'
ORDER BY d.contract_id ASC, d.actual_id ASC
LIMIT :at_most
