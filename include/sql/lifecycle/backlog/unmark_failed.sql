-- Purpose: what a limit has failed is not made ready.
-- Parameters: none (reads chosen_share).
-- Grain: billables of the chosen shares that were not ready before.
-- May be repeated: yes.
UPDATE invoicing.billable AS b
SET is_ready = FALSE
FROM pg_temp.chosen_share AS chosen
WHERE
    b.contract_id = chosen.contract_id
    AND b.billable_id = chosen.billable_id
    AND b.limit_status = 'failed'
    AND NOT chosen.was_ready
