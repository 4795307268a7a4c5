-- Purpose: put an entry by hand onto its draft.
-- Parameters: contract_id, invoice_id, detail_id (of the entry), description, role_id, resource_id.
-- Grain: one detail.
-- May be repeated: no, the key refuses a second.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount, description,
    role_id, resource_id
)
SELECT
    b.contract_id,
    b.billable_id,
    cast(:invoice_id AS uuid) AS invoice_id,
    b.contract_line_id,
    b.billing_type,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    cast(:description AS text) AS description,
    cast(:role_id AS text) AS role_id,
    cast(:resource_id AS text) AS resource_id
FROM invoicing.billable AS b
WHERE
    b.contract_id = :contract_id
    AND b.billable_id = cast(:detail_id AS bigint)
