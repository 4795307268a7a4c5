-- Purpose: take a request for this transaction together with others who share it.
-- Parameters: request_key.
-- Grain: one advisory lock.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock_shared(hashtextextended(cast(:request_key AS text), 2))) AS taken
