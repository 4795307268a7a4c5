-- Purpose: remove a draft that has no lines left.
-- Parameters: contract_id, invoice_id.
-- Grain: one invoice.
-- May be repeated: yes.
DELETE FROM invoicing.invoice AS i
WHERE
    i.contract_id = :contract_id
    AND i.invoice_id = cast(:invoice_id AS uuid)
