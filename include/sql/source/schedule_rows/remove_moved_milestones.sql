-- Purpose: remove the rows of milestones that have moved to another date or line.
-- Parameters: none (reads changed_milestones).
-- Grain: one schedule row per milestone.
-- May be repeated: yes.
DELETE FROM invoicing.schedule_row AS s
USING pg_temp.changed_milestones AS changed
WHERE
    s.contract_id = changed.contract_id
    AND s.source = 'milestone'
    AND s.source_id = changed.milestone_id
    AND (s.contract_line_id, s.run_date) <> (changed.contract_line_id, changed.milestone_date)
