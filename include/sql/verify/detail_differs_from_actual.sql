-- Purpose: details that bill otherwise than their actual, on invoices that nobody edited. A load refuses to change what an
-- invoice holds, so the two stay equal for good; only a corrective invoice says something of its own.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH unedited AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND origin <> 'corrective'
        AND edited_at IS NULL
)

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
FROM unedited AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE
    (d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount)
    <> (a.contract_line_id, a.billing_type, a.quantity, a.unit_price, a.amount, a.tax_amount)
ORDER BY d.contract_id ASC, d.actual_id ASC
LIMIT :at_most
