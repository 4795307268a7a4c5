-- Purpose: remove the emptied lines of drafts derived afresh.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: invoice lines.
-- May be repeated: yes.
DELETE FROM invoicing.invoice_line AS line
USING invoicing.run_due_line AS l, invoicing.untouched_draft AS i
WHERE
    l.run_id = :run_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.quarantined
    AND i.contract_id = l.contract_id
    AND i.run_date = l.run_date
    AND line.contract_id = i.contract_id
    AND line.invoice_id = i.invoice_id
    AND line.contract_line_id = l.contract_line_id
    AND line.detail_count = 0
