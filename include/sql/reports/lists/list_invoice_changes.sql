-- Purpose: who did what to an invoice, from the first change to the last.
-- Parameters: contract_id, invoice_id.
-- Grain: one row per change.
-- May be repeated: reads only.
SELECT *
FROM analytics.invoice_changes
WHERE
    contract_id = :contract_id
    AND invoice_id = :invoice_id
ORDER BY changed_at ASC, version ASC, detail_id ASC, field ASC
