-- Purpose: bring the sums of drafts derived afresh in line with their lines.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: invoices whose sums differ; their version goes up.
-- May be repeated: an invoice that adds up is not touched.
UPDATE invoicing.invoice AS i
SET
    chargeable_amount = t.chargeable_amount,
    non_chargeable_amount = t.non_chargeable_amount,
    complimentary_amount = t.complimentary_amount,
    tax_amount = t.tax_amount,
    version = i.version + 1
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
        FROM invoicing.run_due_line
        WHERE
            run_id = :run_id
            AND slot BETWEEN :first_slot AND :last_slot
            AND NOT quarantined
    ) AS l
    INNER JOIN invoicing.untouched_draft AS draft ON l.contract_id = draft.contract_id AND l.run_date = draft.run_date
    INNER JOIN invoicing.invoice_line AS line
        ON draft.contract_id = line.contract_id AND draft.invoice_id = line.invoice_id
    GROUP BY line.contract_id, line.invoice_id
) AS t
WHERE
    i.contract_id = t.contract_id
    AND i.invoice_id = t.invoice_id
    AND (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount)
    IS DISTINCT FROM (t.chargeable_amount, t.non_chargeable_amount, t.complimentary_amount, t.tax_amount)
