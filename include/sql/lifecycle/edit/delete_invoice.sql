-- Purpose: remove a draft that has no lines left.
-- Parameters: contract_id, invoice_id.
-- Grain: one invoice.
-- May be repeated: yes.
DELETE FROM invoicing.invoice
WHERE
    contract_id = :contract_id
    AND invoice_id = :invoice_id
