-- Purpose: set to nothing the lines, of drafts derived afresh, that no detail is left of.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: invoice lines.
-- May be repeated: yes.
UPDATE invoicing.invoice_line AS line
SET
    chargeable_amount = 0,
    non_chargeable_amount = 0,
    complimentary_amount = 0,
    tax_amount = 0,
    detail_count = 0
FROM invoicing.run_due_row AS l, invoicing.invoice AS i
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
    AND line.detail_count > 0
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.run_line AS rl
        WHERE
            rl.attempt_id = :attempt_id
            AND rl.bucket = :bucket
            AND rl.contract_id = line.contract_id
            AND rl.invoice_id = line.invoice_id
            AND rl.contract_line_id = line.contract_line_id
            AND rl.reason = 'invoiced'
    )
