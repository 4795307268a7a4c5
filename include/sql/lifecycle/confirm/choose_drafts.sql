-- Purpose: the drafts to confirm, by what they have in common.
-- Parameters: run_date (null: any), contract_ids (null: any).
-- Grain: one row per invoice that is draft or in review, with the version that it has now.
-- May be repeated: reads only.
SELECT
    contract_id,
    invoice_id,
    invoice_number,
    customer_id,
    currency,
    run_date,
    origin,
    status,
    version,
    total_amount
FROM invoicing.invoice
WHERE
    status IN ('draft', 'in_review')
    AND (cast(:run_date AS date) IS NULL OR run_date = cast(:run_date AS date))
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
ORDER BY contract_id ASC, customer_id ASC, invoice_id ASC
