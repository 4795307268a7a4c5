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
    d.contract_line_id,
    b.customer_id,
    b.source,
    b.is_sale,
    b.quantity AS source_quantity,
    cl.billing_method
FROM invoicing.invoice_line_detail AS d
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
INNER JOIN invoicing.contract_line AS cl
    ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
WHERE
    d.contract_id = :contract_id
    AND d.invoice_id = cast(:invoice_id AS uuid)
    AND d.billable_id = cast(:detail_id AS bigint)
