-- Purpose: those of the named contracts that the warehouse holds.
-- Parameters: contract_ids.
-- Grain: one row per contract.
-- May be repeated: reads only.
SELECT contract_id
FROM invoicing.project_contract
WHERE contract_id = any(cast(:contract_ids AS text[]))
