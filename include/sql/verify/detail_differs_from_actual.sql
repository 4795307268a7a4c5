-- Purpose: details that bill otherwise than their actual, on invoices that nobody edited. No load changes what an invoice
-- holds, so they are equal for good; only a corrective invoice says something of its own.
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
        'the detail says line %s, %s, %s at %s, amount %s, tax %s; its actual says line %s, %s, %s at %s, amount %s, tax %s',
        d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount,
        a.contract_line_id, a.billing_type, a.quantity, a.unit_price, a.amount, a.tax_amount
    ) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND i.origin <> 'corrective'
    AND i.edited_at IS NULL
    AND (d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount)
    IS DISTINCT FROM
    (a.contract_line_id, a.billing_type, a.quantity, a.unit_price, a.amount, a.tax_amount)
ORDER BY d.contract_id, d.actual_id
LIMIT :at_most
