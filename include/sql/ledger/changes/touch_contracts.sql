-- Purpose: say of contracts which change was the last of anything of theirs.
-- Parameters: contract_ids, change_id.
-- Grain: contracts.
-- May be repeated: yes.
UPDATE invoicing.project_contract
SET change_id = :change_id
WHERE contract_id = any(cast(:contract_ids AS text[]))
