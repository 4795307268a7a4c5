-- Purpose: remove the rows of milestones that have moved to another date or line. Where an invoice of the old date holds one, its row
--          stays: it says what was run, or lets a run take the milestone off the draft.
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
    AND NOT EXISTS (
        SELECT FROM invoicing.billable AS b
        INNER JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
        INNER JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
        WHERE
            b.contract_id = s.contract_id
            AND b.source = 'milestone'
            AND b.milestone_id = s.source_id
            AND d.contract_line_id = s.contract_line_id
            AND i.origin = 'scheduled'
            AND i.run_date = s.run_date
    )
