-- Purpose: remove the emptied lines of drafts.
-- Parameters: contract_ids, invoice_ids.
-- Grain: invoice lines.
-- May be repeated: yes.
DELETE FROM invoicing.invoice_line
WHERE
    contract_id = any(cast(:contract_ids AS text[]))
    AND invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND detail_count = 0
