-- Purpose: approvals that were asked for: first what nobody has answered, then the rest, newest first.
-- Parameters: row_limit (null: all).
-- Grain: one row per approval.
-- May be repeated: reads only.
SELECT *
FROM analytics.approvals
ORDER BY answered_at IS NOT NULL ASC, approval_id DESC
LIMIT :row_limit
