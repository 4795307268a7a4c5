-- Purpose: drafts by what they have in common, and which of them are left out where nobody names them: those that somebody still
-- reviews, and corrections that nobody has edited, which would credit everything.
-- Parameters: run_date (null: any), contract_ids (null: any).
-- Grain: one row per draft, with the version that it has now.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    i.invoice_number,
    i.customer_id,
    i.currency,
    i.run_date,
    i.origin,
    i.status,
    i.version,
    i.total_amount,
    CASE
        WHEN i.status = 'in_review' THEN 'in_review'
        WHEN i.origin = 'corrective' AND NOT i.is_edited THEN 'untouched'
    END AS left_out
FROM invoicing.invoice AS i
WHERE
    i.status IN ('draft', 'in_review')
    AND (cast(:run_date AS date) IS NULL OR i.run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY i.contract_id ASC, i.customer_id ASC, i.invoice_id ASC
