-- Purpose: remove the drafts, among those derived afresh, that have no line left.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: invoices.
-- May be repeated: yes.
DELETE FROM invoicing.invoice AS i
USING invoicing.run_due_line AS l, invoicing.untouched_draft AS draft
WHERE
    l.run_id = :run_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.quarantined
    AND draft.contract_id = l.contract_id
    AND draft.run_date = l.run_date
    AND i.contract_id = draft.contract_id
    AND i.invoice_id = draft.invoice_id
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.invoice_line AS line
        WHERE
            line.contract_id = i.contract_id
            AND line.invoice_id = i.invoice_id
    )
