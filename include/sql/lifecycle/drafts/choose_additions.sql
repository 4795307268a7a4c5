-- Purpose: what a draft may take on, chosen before details are written: a statement that looks for what no detail holds and fills
-- the details itself would have a plan for the table as it was before.
-- Parameters: contract_id, invoice_id, until (the last date that a manual draft takes on; null: any).
-- Grain: one row per share in pg_temp.addition.
-- May be repeated: the caller drops the table in the same transaction.
CREATE TEMPORARY TABLE addition ON COMMIT DROP AS
SELECT *
FROM rules.draft_addition
WHERE
    contract_id = :contract_id
    AND invoice_id = cast(:invoice_id AS uuid)
    AND (origin <> 'manual' OR cast(:until AS date) IS NULL OR transaction_date <= cast(:until AS date))
