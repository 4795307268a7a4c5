-- Purpose: say of all contracts of slots which change was the last of anything of theirs.
-- Parameters: slots, change_id.
-- Grain: contracts.
-- May be repeated: yes.
UPDATE invoicing.project_contract
SET change_id = :change_id
WHERE slot = any(cast(:slots AS smallint[]))
