-- Purpose: bring the sums of drafts in line with their lines, at a new version.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order), change_id, is_edited (somebody changed them; false: they
-- were just created).
-- Grain: invoices.
-- May be repeated: yes.
UPDATE invoicing.invoice AS i
SET
    chargeable_amount = summed.chargeable_amount,
    non_chargeable_amount = summed.non_chargeable_amount,
    complimentary_amount = summed.complimentary_amount,
    tax_amount = summed.tax_amount,
    version = cast(:change_id AS bigint),
    is_edited = i.is_edited OR cast(:is_edited AS boolean)
FROM (
    SELECT
        header.contract_id,
        header.invoice_id,
        coalesce(sum(line.chargeable_amount), 0) AS chargeable_amount,
        coalesce(sum(line.non_chargeable_amount), 0) AS non_chargeable_amount,
        coalesce(sum(line.complimentary_amount), 0) AS complimentary_amount,
        coalesce(sum(line.tax_amount), 0) AS tax_amount
    FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
    INNER JOIN invoicing.invoice AS header
        ON draft.contract_id = header.contract_id AND draft.invoice_id = header.invoice_id
    LEFT JOIN invoicing.invoice_line AS line
        ON header.contract_id = line.contract_id AND header.invoice_id = line.invoice_id
    GROUP BY header.contract_id, header.invoice_id
) AS summed
WHERE
    i.contract_id = summed.contract_id
    AND i.invoice_id = summed.invoice_id
