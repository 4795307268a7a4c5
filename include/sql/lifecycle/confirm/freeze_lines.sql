-- Purpose: make the lines of invoices read-only.
-- Parameters: contract_ids, invoice_ids.
-- Grain: invoice lines.
-- May be repeated: yes.
UPDATE invoicing.invoice_line
SET confirmed = TRUE
WHERE
    contract_id = any(cast(:contract_ids AS text[]))
    AND invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND NOT confirmed
