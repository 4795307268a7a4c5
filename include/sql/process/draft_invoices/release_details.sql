-- Purpose: take off the drafts that are derived afresh what does not stand there as it would be written; what it held is free again.
-- Parameters: attempt_id, first_slot, last_slot, change_id.
-- Grain: invoice line details; the drafts that lose any get a new version.
-- May be repeated: yes.
WITH released AS (
    DELETE FROM invoicing.invoice_line_detail AS d
    USING invoicing.run_held AS h
    WHERE
        h.attempt_id = :attempt_id
        AND h.slot BETWEEN :first_slot AND :last_slot
        AND h.is_free
        AND d.contract_id = h.contract_id
        AND d.billable_id = h.billable_id
        AND NOT EXISTS (
            SELECT 1
            FROM invoicing.run_due_row AS quarantined
            WHERE
                quarantined.attempt_id = h.attempt_id
                AND quarantined.contract_id = h.contract_id
                AND quarantined.contract_line_id = d.contract_line_id
                AND quarantined.run_date = h.run_date
                AND quarantined.is_quarantined
        )
        AND NOT EXISTS (
            SELECT 1
            FROM rules.selection AS kept
            WHERE
                kept.attempt_id = h.attempt_id
                AND kept.slot = h.slot
                AND kept.contract_id = h.contract_id
                AND kept.billable_id = h.billable_id
                AND kept.reason = 'invoiced'
                AND kept.is_unchanged
        )
    RETURNING d.contract_id, d.invoice_id
)

UPDATE invoicing.invoice AS i
SET version = :change_id
FROM (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM released
) AS changed
WHERE
    i.contract_id = changed.contract_id
    AND i.invoice_id = changed.invoice_id
