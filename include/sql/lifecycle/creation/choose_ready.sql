-- Purpose: what is ready of contracts, chosen before details are written: a statement that looks for what no detail holds and fills
-- the details itself would have a plan for the table as it was before.
-- Parameters: contract_ids, until (its last date), transaction_ids, milestone_ids (null: not named; exactly what is named, of any
-- date, where either is).
-- Grain: one row per share in pg_temp.ready_share.
-- May be repeated: the caller drops the table in the same transaction.
CREATE TEMPORARY TABLE ready_share ON COMMIT DROP AS
SELECT
    b.contract_id,
    b.billable_id,
    b.contract_line_id,
    b.customer_id
FROM rules.ready_billable AS b
WHERE
    b.contract_id = any(cast(:contract_ids AS text[]))
    AND CASE
        WHEN cast(:transaction_ids AS text[]) IS NULL AND cast(:milestone_ids AS text[]) IS NULL
            THEN b.transaction_date <= cast(:until AS date)
        WHEN b.source = 'milestone' THEN b.milestone_id = any(cast(:milestone_ids AS text[]))
        ELSE b.transaction_id = any(cast(:transaction_ids AS text[]))
    END
