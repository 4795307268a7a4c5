-- Purpose: take off the drafts that this run derives afresh what no longer belongs there; its actuals are free again.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: invoice line details.
-- May be repeated: yes.
DELETE FROM invoicing.invoice_line_detail AS d
USING invoicing.run_due_line AS l, invoicing.untouched_draft AS i
WHERE
    l.run_id = :run_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.quarantined
    AND i.contract_id = l.contract_id
    AND i.run_date = l.run_date
    AND d.contract_id = i.contract_id
    AND d.invoice_id = i.invoice_id
    AND d.contract_line_id = l.contract_line_id
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.run_selection AS s
        WHERE
            s.contract_id = d.contract_id
            AND s.actual_id = d.actual_id
            AND s.run_id = :run_id
            AND s.reason = 'invoiced'
            AND s.already_drafted
    )
