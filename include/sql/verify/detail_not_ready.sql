-- Purpose: details on live drafts whose actual is not to be invoiced: not ready, canceled, or invoiced and confirmed before.
-- A corrective draft takes back what was confirmed, so it is left out.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    a.milestone_id,
    format('a detail of %s is on a draft and its actual is %s, not ready_to_invoice', d.amount, a.billing_status) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND i.origin <> 'corrective'
    AND i.status IN ('draft', 'in_review')
    AND a.billing_status <> 'ready_to_invoice'
ORDER BY d.contract_id, d.actual_id
LIMIT :at_most
