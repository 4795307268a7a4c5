-- Purpose: set to nothing the lines of drafts that have no details left.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order).
-- Grain: invoice lines.
-- May be repeated: yes.
UPDATE invoicing.invoice_line AS line
SET
    chargeable_amount = 0,
    non_chargeable_amount = 0,
    complimentary_amount = 0,
    tax_amount = 0,
    detail_count = 0
FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
WHERE
    line.contract_id = draft.contract_id
    AND line.invoice_id = draft.invoice_id
    AND line.detail_count > 0
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.invoice_line_detail AS d
        WHERE
            d.contract_id = line.contract_id
            AND d.invoice_id = line.invoice_id
            AND d.contract_line_id = line.contract_line_id
    )
