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
    d.billable_id AS detail_id,
    b.transaction_id,
    b.milestone_id,
    format(
        'a detail of %s belongs to customer %s and stands on an invoice of customer %s', d.amount, b.customer_id, i.customer_id
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
WHERE b.customer_id <> i.customer_id
ORDER BY d.contract_id ASC, d.billable_id ASC
LIMIT :at_most
