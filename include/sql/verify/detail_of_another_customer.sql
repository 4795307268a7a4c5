-- Purpose: details of one customer's share on another customer's invoice.
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
    format(
        'a detail of %s belongs to customer %s and stands on an invoice of customer %s',
        d.amount, a.customer_id, i.customer_id
    ) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND a.customer_id <> i.customer_id
ORDER BY d.contract_id, d.actual_id
LIMIT :at_most
