-- Purpose: take a request for this transaction alone.
-- Parameters: request_key.
-- Grain: one advisory lock.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock(hashtextextended(cast(:request_key AS text), 2))) AS taken
