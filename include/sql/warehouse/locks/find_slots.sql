-- Purpose: the slots of contracts.
-- Parameters: contract_ids.
-- Grain: one row per slot.
-- May be repeated: reads only.
SELECT DISTINCT slot
FROM invoicing.project_contract
WHERE contract_id = any(cast(:contract_ids AS text[]))
