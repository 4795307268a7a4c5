-- Purpose: the changes that a request has made so far.
-- Parameters: request_key.
-- Grain: one row per change.
-- May be repeated: reads only.
SELECT change_id
FROM invoicing.change
WHERE request_key = cast(:request_key AS text)
ORDER BY change_id
