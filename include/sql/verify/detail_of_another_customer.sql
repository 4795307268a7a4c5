-- Purpose: one customer's share on another customer's invoice.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id,
        customer_id
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    a.milestone_id,
    format(
        'a detail of %s belongs to customer %s and stands on an invoice of customer %s', d.amount, a.customer_id, i.customer_id
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE a.customer_id <> i.customer_id
ORDER BY d.contract_id ASC, d.actual_id ASC
LIMIT :at_most
