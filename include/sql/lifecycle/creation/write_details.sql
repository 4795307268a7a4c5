-- Purpose: the details of manual drafts: what was chosen of their contract and customer.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order; reads ready_share).
-- Grain: one detail per share.
-- May be repeated: no, the key refuses a second.
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
INNER JOIN pg_temp.ready_share AS share ON i.contract_id = share.contract_id AND i.customer_id = share.customer_id
INNER JOIN invoicing.billable AS b ON share.contract_id = b.contract_id AND share.billable_id = b.billable_id
