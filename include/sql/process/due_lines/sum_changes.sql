-- Purpose: how the contracts of each slot are now: any change of any of them makes the sum larger.
-- Parameters: first_slot, last_slot.
-- Grain: one row per slot with contracts.
-- May be repeated: reads only.
SELECT
    slot,
    sum(change_id) AS contracts_at
FROM invoicing.project_contract
WHERE slot BETWEEN :first_slot AND :last_slot
GROUP BY slot
