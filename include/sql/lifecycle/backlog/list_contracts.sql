-- Purpose: which of the contracts that were named are known.
-- Parameters: contract_ids.
-- Grain: one row per contract.
-- May be repeated: reads only.
SELECT c.contract_id
FROM invoicing.project_contract AS c
WHERE c.contract_id = any(cast(:contract_ids AS text[]))
