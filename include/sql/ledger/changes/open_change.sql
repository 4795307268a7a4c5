-- Purpose: record who does what for which request.
-- Parameters: action, changed_by, request_key.
-- Grain: one row in change; the same request's next try that finds something to do is its next attempt.
-- May be repeated: no, each time adds one; anyone who repeats a request looks first for what it has done.
INSERT INTO invoicing.change (action, changed_by, request_key, attempt)
SELECT
    cast(:action AS text) AS action,
    cast(:changed_by AS text) AS changed_by,
    cast(:request_key AS text) AS request_key,
    coalesce(max(ch.attempt), 0) + 1 AS attempt
FROM invoicing.change AS ch
WHERE ch.request_key = cast(:request_key AS text)
RETURNING change_id, changed_at
