-- Purpose: which of these ids are milestones of the contract already.
-- Parameters: contract_id, milestone_ids.
-- Grain: one row per milestone.
-- May be repeated: reads only.
SELECT milestone_id
FROM invoicing.milestone
WHERE
    contract_id = :contract_id
    AND milestone_id = any(cast(:milestone_ids AS text[]))
ORDER BY milestone_id ASC
