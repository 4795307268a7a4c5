-- Purpose: put a draft in review, or back. Either way somebody has touched it.
-- Parameters: contract_id, invoice_id, status (draft, in_review), change_id.
-- Grain: one invoice, at a new version.
-- May be repeated: yes.
UPDATE invoicing.invoice AS i
SET
    status = cast(:status AS text),
    version = cast(:change_id AS bigint),
    is_edited = TRUE
WHERE
    i.contract_id = :contract_id
    AND i.invoice_id = cast(:invoice_id AS uuid)
