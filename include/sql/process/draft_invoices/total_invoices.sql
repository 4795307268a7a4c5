-- Purpose: bring the sums of drafts derived afresh in line with their lines.
-- Parameters: attempt_id, first_slot, last_slot, change_id.
-- Grain: invoices whose sums differ; they get a new version.
-- May be repeated: an invoice that adds up is not touched.
UPDATE invoicing.invoice AS i
SET
    chargeable_amount = summed.chargeable_amount,
    non_chargeable_amount = summed.non_chargeable_amount,
    complimentary_amount = summed.complimentary_amount,
    tax_amount = summed.tax_amount,
    version = :change_id
FROM (
    SELECT
        line.contract_id,
        line.invoice_id,
        sum(line.chargeable_amount) AS chargeable_amount,
        sum(line.non_chargeable_amount) AS non_chargeable_amount,
        sum(line.complimentary_amount) AS complimentary_amount,
        sum(line.tax_amount) AS tax_amount
    FROM (
        SELECT DISTINCT
            contract_id,
            run_date
        FROM invoicing.run_due_row
        WHERE
            attempt_id = :attempt_id
            AND slot BETWEEN :first_slot AND :last_slot
            AND NOT is_quarantined
    ) AS due
    INNER JOIN invoicing.invoice AS draft
        ON due.contract_id = draft.contract_id AND due.run_date = draft.run_date AND draft.is_run_owned
    INNER JOIN invoicing.invoice_line AS line
        ON draft.contract_id = line.contract_id AND draft.invoice_id = line.invoice_id
    GROUP BY line.contract_id, line.invoice_id
) AS summed
WHERE
    i.contract_id = summed.contract_id
    AND i.invoice_id = summed.invoice_id
    AND (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount)
    IS DISTINCT FROM (summed.chargeable_amount, summed.non_chargeable_amount, summed.complimentary_amount, summed.tax_amount)
