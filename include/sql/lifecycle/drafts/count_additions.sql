-- Purpose: how much there is that a draft may take on.
-- Parameters: contract_id, invoice_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT count(*) AS addition_count
FROM rules.draft_addition AS addition
WHERE
    addition.contract_id = :contract_id
    AND addition.invoice_id = cast(:invoice_id AS uuid)
