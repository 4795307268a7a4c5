-- Purpose: put a draft in review, or back. Either way somebody has touched it.
-- Parameters: contract_id, invoice_id, status (draft, in_review), changed_at.
-- Grain: one invoice; its version goes up.
-- May be repeated: the status stays, the version goes up again.
UPDATE invoicing.invoice
SET
    status = :status,
    version = version + 1,
    edited_at = :changed_at
WHERE
    contract_id = :contract_id
    AND invoice_id = :invoice_id
