-- Purpose: the drafts that are derived afresh take their sources as they are now, also where nothing but a date or a class has changed and
-- the detail stays as it is.
-- Parameters: attempt_id, first_slot, last_slot, change_id (after what does not stay is released).
-- Grain: rows of taken_share; the drafts of their details get a new version.
-- May be repeated: yes.
WITH forgotten AS (
    DELETE FROM invoicing.taken_share AS ts
    USING invoicing.invoice_line_detail AS d, invoicing.invoice AS i, invoicing.run_due_row AS l
    WHERE
        ts.contract_id = d.contract_id
        AND ts.billable_id = d.billable_id
        AND d.contract_id = i.contract_id
        AND d.invoice_id = i.invoice_id
        AND i.is_run_owned
        AND d.contract_id = l.contract_id
        AND d.contract_line_id = l.contract_line_id
        AND i.run_date = l.run_date
        AND l.customer_id = ''
        AND NOT l.is_quarantined
        AND l.attempt_id = :attempt_id
        AND l.slot BETWEEN :first_slot AND :last_slot
    RETURNING d.contract_id, d.invoice_id
)

UPDATE invoicing.invoice AS i
SET version = :change_id
FROM (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM forgotten
) AS changed
WHERE
    i.contract_id = changed.contract_id
    AND i.invoice_id = changed.invoice_id
