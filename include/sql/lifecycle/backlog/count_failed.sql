-- Purpose: how many of the chosen shares a limit has failed.
-- Parameters: none (reads chosen_share).
-- Grain: one row.
-- May be repeated: reads only.
SELECT count(*) AS shares
FROM pg_temp.chosen_share AS chosen
INNER JOIN invoicing.billable AS b ON chosen.contract_id = b.contract_id AND chosen.billable_id = b.billable_id
WHERE b.limit_status = 'failed'
