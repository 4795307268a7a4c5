-- Purpose: shares that say they were invoiced and confirmed, and are on no invoice.
-- Parameters: from_date, to_date (run dates of the invoices they name), at_most.
-- Grain: one row per share; one that names no invoice belongs to every date.
-- May be repeated: reads only.
WITH other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.transaction_id,
    a.milestone_id,
    format('a share of %s is invoice_posted and on no invoice', a.amount) AS message
FROM invoicing.actual AS a
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN other_date AS o ON a.contract_id = o.contract_id AND a.invoice_id = o.invoice_id
WHERE
    a.kind IN ('unbilled_sales', 'milestone')
    AND a.billing_status = 'invoice_posted'
    AND a.reverses_actual_id IS NULL
    AND a.replaces_actual_id IS NULL
    AND d.actual_id IS NULL
    AND o.invoice_id IS NULL
ORDER BY a.contract_id ASC, a.actual_id ASC
LIMIT :at_most
