-- Purpose: the drafts of the attempt's contracts and dates that somebody edited, which the run therefore keeps.
-- Parameters: attempt_id.
-- Grain: one row per invoice, with who changed it last.
-- May be repeated: reads only.
SELECT DISTINCT ON (draft.contract_id, draft.invoice_id)
    draft.contract_id,
    draft.invoice_id,
    draft.customer_id,
    draft.run_date,
    draft.status,
    ch.changed_by
FROM (
    SELECT DISTINCT
        contract_id,
        run_date
    FROM invoicing.run_due_row
    WHERE attempt_id = :attempt_id
) AS due
INNER JOIN rules.kept_draft AS draft ON due.contract_id = draft.contract_id AND due.run_date = draft.run_date
LEFT JOIN invoicing.invoice_change AS ic ON draft.contract_id = ic.contract_id AND draft.invoice_id = ic.invoice_id
LEFT JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
WHERE draft.status IN ('draft', 'in_review')
ORDER BY draft.contract_id ASC, draft.invoice_id ASC, ic.invoice_change_id DESC
