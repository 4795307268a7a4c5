-- Purpose: what decides about the waiting shares. is_tested: limits hold for it, if there are any; what a correction gave back is not
-- evaluated before it is ready. held_amount: what a draft bills of it, null where it is on none.
-- Parameters: none (reads waiting_share).
-- Grain: one row per share in pg_temp.evaluated_share.
-- May be repeated: once drop_evaluated has dropped the table.
CREATE TEMPORARY TABLE evaluated_share ON COMMIT DROP AS
SELECT
    o.contract_id,
    o.billable_id,
    o.contract_line_id,
    o.customer_id,
    o.transaction_id,
    o.transaction_date,
    o.amount,
    d.chargeable_amount AS held_amount,
    o.limit_status,
    o.limit_level,
    o.limit_amount,
    o.limit_used,
    waiting.is_certain,
    o.is_limitable AND (o.is_ready OR NOT o.is_given_back) AS is_tested
FROM pg_temp.waiting_share AS waiting
INNER JOIN rules.open_share AS o ON waiting.contract_id = o.contract_id AND waiting.billable_id = o.billable_id
LEFT JOIN rules.detail_amount AS d ON o.contract_id = d.contract_id AND o.billable_id = d.billable_id
