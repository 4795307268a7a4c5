-- Purpose: record what the limits made of the shares.
-- Parameters: change_id (reads verdict).
-- Grain: billables.
-- May be repeated: yes, with the same result.
UPDATE invoicing.billable AS b
SET
    limit_status = verdict.limit_status,
    limit_level = verdict.limit_level,
    limit_amount = verdict.limit_amount,
    limit_used = verdict.limit_used,
    change_id = cast(:change_id AS bigint)
FROM pg_temp.verdict AS verdict
WHERE
    b.contract_id = verdict.contract_id
    AND b.billable_id = verdict.billable_id
