-- Purpose: milestones with where each customer's share stands, and where the milestone stands as a whole, by line and date.
-- Parameters: contract_ids (null: all), contract_line_id (null: all), row_limit (null: all).
-- Grain: one row per milestone and customer.
-- May be repeated: reads only.
SELECT
    share.*,
    milestone.state
FROM analytics.milestones AS share
INNER JOIN rules.milestone_state AS milestone
    ON share.contract_id = milestone.contract_id AND share.milestone_id = milestone.milestone_id
WHERE
    (cast(:contract_ids AS text[]) IS NULL OR share.contract_id = any(cast(:contract_ids AS text[])))
    AND (cast(:contract_line_id AS text) IS NULL OR share.contract_line_id = cast(:contract_line_id AS text))
ORDER BY
    share.contract_id ASC,
    share.contract_line_id ASC,
    share.milestone_date ASC,
    share.milestone_id ASC,
    share.customer_id ASC
LIMIT :row_limit
