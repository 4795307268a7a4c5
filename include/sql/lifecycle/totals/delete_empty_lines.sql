-- Purpose: remove the lines of drafts that hold nothing any more.
-- Parameters: contract_ids, invoice_ids (of the drafts, in the same order).
-- Grain: invoice lines without details.
-- May be repeated: yes.
DELETE FROM invoicing.invoice_line AS line
USING unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
WHERE
    line.contract_id = draft.contract_id
    AND line.invoice_id = draft.invoice_id
    AND line.detail_count = 0
