-- Purpose: how much room a share, an entry or a correction takes of each of its limits.
-- Parameters: contract_id, billable_id.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT claim.committed_amount
FROM rules.limit_claim AS claim
WHERE
    claim.contract_id = :contract_id
    AND claim.billable_id = cast(:billable_id AS bigint)
    AND claim.level = 'contract'
