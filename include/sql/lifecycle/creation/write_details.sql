-- Purpose: the details of manual drafts: everything that is ready for their contract and customer.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order).
-- Grain: one detail per share.
-- May be repeated: yes, what is on a live invoice is not ready any more.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    b.contract_id,
    b.billable_id,
    i.invoice_id,
    b.contract_line_id,
    b.billing_type,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount
FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
INNER JOIN invoicing.invoice AS i ON draft.contract_id = i.contract_id AND draft.invoice_id = i.invoice_id
INNER JOIN rules.ready_billable AS b ON i.contract_id = b.contract_id AND i.customer_id = b.customer_id
