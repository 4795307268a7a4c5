-- Purpose: remove the drafts, among those derived afresh, that have no line left.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: invoices.
-- May be repeated: yes.
DELETE FROM invoicing.invoice AS i
USING invoicing.run_due_row AS l
WHERE
    l.attempt_id = :attempt_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.is_quarantined
    AND i.contract_id = l.contract_id
    AND i.run_date = l.run_date
    AND i.is_run_owned
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.invoice_line AS line
        WHERE
            line.contract_id = i.contract_id
            AND line.invoice_id = i.invoice_id
    )
