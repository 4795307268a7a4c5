-- Purpose: bring the sums of drafts in line with their lines, and say that somebody touched them.
-- Parameters: invoice_ids, changed_at (null: nobody has touched what was just created).
-- Grain: invoices; their version goes up.
-- May be repeated: the sums stay, the version goes up again.
UPDATE invoicing.invoice AS i
SET
    chargeable_amount = t.chargeable_amount,
    non_chargeable_amount = t.non_chargeable_amount,
    complimentary_amount = t.complimentary_amount,
    tax_amount = t.tax_amount,
    version = i.version + 1,
    edited_at = cast(:changed_at AS timestamptz)
FROM (
    SELECT
        h.contract_id,
        h.invoice_id,
        coalesce(sum(l.chargeable_amount), 0) AS chargeable_amount,
        coalesce(sum(l.non_chargeable_amount), 0) AS non_chargeable_amount,
        coalesce(sum(l.complimentary_amount), 0) AS complimentary_amount,
        coalesce(sum(l.tax_amount), 0) AS tax_amount
    FROM invoicing.invoice AS h
    LEFT JOIN invoicing.invoice_line AS l ON h.contract_id = l.contract_id AND h.invoice_id = l.invoice_id
    WHERE h.invoice_id = any(cast(:invoice_ids AS uuid[]))
    GROUP BY h.contract_id, h.invoice_id
) AS t
WHERE
    i.contract_id = t.contract_id
    AND i.invoice_id = t.invoice_id
