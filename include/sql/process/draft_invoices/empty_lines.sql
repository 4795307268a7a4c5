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
FROM (
    -- Grouped, not anti-joined: no plan of a group depends on how many rows somebody expected.
    SELECT
        contract_id,
        invoice_id,
        contract_line_id
    FROM (
        SELECT
            held.contract_id,
            held.invoice_id,
            held.contract_line_id,
            FALSE AS stays
        FROM invoicing.run_due_row AS l
        INNER JOIN invoicing.invoice AS i ON l.contract_id = i.contract_id AND l.run_date = i.run_date
        INNER JOIN invoicing.invoice_line AS held
            ON
                i.contract_id = held.contract_id
                AND i.invoice_id = held.invoice_id
                AND l.contract_line_id = held.contract_line_id
        WHERE
            l.attempt_id = :attempt_id
            AND l.slot BETWEEN :first_slot AND :last_slot
            AND l.customer_id = ''
            AND NOT l.is_quarantined
            AND i.is_run_owned
            AND held.detail_count > 0
        UNION ALL
        SELECT
            contract_id,
            invoice_id,
            contract_line_id,
            TRUE AS stays
        FROM invoicing.run_line
        WHERE
            attempt_id = :attempt_id
            AND bucket = :bucket
            AND reason = 'invoiced'
    ) AS standing
    GROUP BY contract_id, invoice_id, contract_line_id
    HAVING NOT bool_or(stays)
) AS emptied
WHERE
    line.contract_id = emptied.contract_id
    AND line.invoice_id = emptied.invoice_id
    AND line.contract_line_id = emptied.contract_line_id
