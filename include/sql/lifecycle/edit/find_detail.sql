-- Purpose: a detail of a draft with what decides which of it may be changed.
-- Parameters: contract_id, invoice_id, detail_id.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    d.quantity,
    d.unit_price,
    d.billing_type,
    d.amount,
    d.tax_amount,
    d.description,
    a.kind,
    a.transaction_class,
    a.quantity AS source_quantity,
    cl.billing_method
FROM invoicing.invoice_line_detail AS d
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
INNER JOIN invoicing.contract_line AS cl
    ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
WHERE
    d.contract_id = :contract_id
    AND d.invoice_id = :invoice_id
    AND d.actual_id = :detail_id
