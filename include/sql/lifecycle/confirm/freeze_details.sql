-- Purpose: make the details of invoices read-only.
-- Parameters: contract_ids, invoice_ids.
-- Grain: invoice line details.
-- May be repeated: yes.
UPDATE invoicing.invoice_line_detail
SET confirmed = TRUE
WHERE
    contract_id = any(cast(:contract_ids AS text[]))
    AND invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND NOT confirmed
