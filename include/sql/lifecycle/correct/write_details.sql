-- Purpose: the details of corrective drafts: quantity 0, beside the quantity that was billed. What they hold is the billed sales,
-- so that each can be corrected once.
-- Parameters: contract_ids, invoice_ids (the corrective drafts), detail_ids (of the corrected invoices; null: all).
-- Grain: one detail per billed sales actual that no correction has taken back.
-- May be repeated: no, the key refuses a second.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount,
    original_quantity, description, role_id, resource_id
)
SELECT
    b.contract_id,
    b.actual_id,
    i.invoice_id,
    b.contract_line_id,
    b.billing_type,
    0 AS quantity,
    b.unit_price,
    -b.amount AS amount,
    -b.tax_amount AS tax_amount,
    b.quantity AS original_quantity,
    d.description,
    d.role_id,
    d.resource_id
FROM invoicing.invoice AS i
INNER JOIN invoicing.actual AS b ON i.contract_id = b.contract_id AND i.corrects_invoice_id = b.invoice_id
INNER JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.detail_id = d.actual_id
LEFT JOIN invoicing.invoice_line_detail AS taken ON b.contract_id = taken.contract_id AND b.actual_id = taken.actual_id
WHERE
    i.contract_id = any(cast(:contract_ids AS text[]))
    AND i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND b.posting IN ('billed', 'billed_only')
    AND (cast(:detail_ids AS bigint[]) IS NULL OR b.detail_id = any(cast(:detail_ids AS bigint[])))
    AND taken.actual_id IS NULL
