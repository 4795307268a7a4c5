-- Purpose: the drafts to confirm, by what they have in common.
-- Parameters: run_date (null: any), contract_ids (null: any).
-- Grain: one row per invoice that is draft or in review, with the version that it has now.
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
    i.total_amount
FROM invoicing.invoice AS i
WHERE
    i.status IN ('draft', 'in_review')
    AND (cast(:run_date AS date) IS NULL OR i.run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY i.contract_id ASC, i.customer_id ASC, i.invoice_id ASC
