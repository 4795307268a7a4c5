-- Purpose: shares that say they were invoiced and confirmed, and are on no invoice.
-- Parameters: run_date (null: all; else those of its invoices), at_most.
-- Grain: one row per actual.
-- May be repeated: reads only.
SELECT
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.transaction_id,
    a.milestone_id,
    format('a share of %s is invoice_posted and on no invoice', a.amount) AS message
FROM invoicing.actual AS a
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN invoicing.invoice AS i ON a.contract_id = i.contract_id AND a.invoice_id = i.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND a.kind IN ('unbilled_sales', 'milestone')
    AND a.billing_status = 'invoice_posted'
    AND a.reverses_actual_id IS NULL
    AND a.replaces_actual_id IS NULL
    AND d.actual_id IS NULL
ORDER BY a.contract_id, a.actual_id
LIMIT :at_most
