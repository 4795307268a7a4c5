-- Rule: where a milestone stands as a whole: completed once the share of each customer is billed, in progress once one is ready, on a draft
-- or billed, else not started.
-- Grain: one row per milestone that somebody has a share of.
CREATE OR REPLACE VIEW rules.milestone_state AS
SELECT
    contract_id,
    milestone_id,
    CASE
        WHEN bool_and(billing_status = 'invoice_posted') THEN 'completed'
        WHEN bool_or(billing_status <> 'not_ready') THEN 'in_progress'
        ELSE 'not_started'
    END AS state
FROM rules.milestone_share
GROUP BY contract_id, milestone_id;
