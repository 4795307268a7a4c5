-- Purpose: what is ready of contracts, chosen before details are written: a statement that looks for what no detail holds and fills
-- the details itself would have a plan for the table as it was before.
-- Parameters: contract_ids.
-- Grain: one row per share in pg_temp.ready_share.
-- May be repeated: the caller drops the table in the same transaction.
CREATE TEMPORARY TABLE ready_share ON COMMIT DROP AS
SELECT
    b.contract_id,
    b.billable_id,
    b.contract_line_id,
    b.customer_id
FROM rules.ready_billable AS b
WHERE b.contract_id = any(cast(:contract_ids AS text[]))
