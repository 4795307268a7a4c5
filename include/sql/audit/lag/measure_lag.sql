-- Purpose: what is due by a day and has not run: schedule rows and ready milestones of active contracts.
-- Parameters: as_of.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    count(*) AS due_rows,
    min(pending.run_date) AS oldest_run_date
FROM rules.pending_row AS pending
LEFT JOIN (
    SELECT
        contract_id,
        milestone_id
    FROM rules.open_share
    WHERE
        source = 'milestone'
        AND is_ready
    GROUP BY contract_id, milestone_id
) AS ready ON pending.contract_id = ready.contract_id AND pending.source_id = ready.milestone_id
WHERE
    pending.contract_state = 'active'
    AND pending.run_date <= :as_of
    AND (pending.source <> 'milestone' OR ready.milestone_id IS NOT NULL)
