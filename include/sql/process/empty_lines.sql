-- Purpose: set to nothing the lines, of drafts derived afresh, that nothing is left for.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: invoice lines.
-- May be repeated: yes.
UPDATE invoicing.invoice_line AS line
SET
    chargeable_amount = 0,
    non_chargeable_amount = 0,
    complimentary_amount = 0,
    tax_amount = 0,
    detail_count = 0
FROM invoicing.run_due_line AS l, invoicing.untouched_draft AS i
WHERE
    l.run_id = :run_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND NOT l.quarantined
    AND i.contract_id = l.contract_id
    AND i.run_date = l.run_date
    AND line.contract_id = i.contract_id
    AND line.invoice_id = i.invoice_id
    AND line.contract_line_id = l.contract_line_id
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.run_invoice_line AS kept
        WHERE
            kept.contract_id = line.contract_id
            AND kept.contract_line_id = line.contract_line_id
            AND kept.invoice_id = line.invoice_id
            AND kept.run_id = :run_id
    )
