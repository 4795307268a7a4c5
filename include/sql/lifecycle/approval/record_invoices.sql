-- Purpose: record what an approval is about: drafts as they are now.
-- Parameters: approval_id, invoice_ids.
-- Grain: one row in approval_invoice per draft.
-- May be repeated: no, the key refuses it.
INSERT INTO invoicing.approval_invoice (contract_id, invoice_id, version, approval_id, currency, total_amount)
SELECT
    i.contract_id,
    i.invoice_id,
    i.version,
    cast(:approval_id AS bigint) AS approval_id,
    i.currency,
    i.total_amount
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
