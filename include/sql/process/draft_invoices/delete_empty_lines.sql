-- Purpose: remove the emptied lines of drafts derived afresh.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: invoice lines.
-- May be repeated: yes.
DELETE FROM invoicing.invoice_line AS line
USING invoicing.run_due_row AS l, invoicing.invoice AS i
WHERE
    l.attempt_id = :attempt_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.is_quarantined
    AND l.customer_id = ''
    AND i.contract_id = l.contract_id
    AND i.run_date = l.run_date
    AND i.is_run_owned
    AND line.contract_id = i.contract_id
    AND line.invoice_id = i.invoice_id
    AND line.contract_line_id = l.contract_line_id
    AND line.detail_count = 0
