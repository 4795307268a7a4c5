-- Purpose: take the sign of life of a run that lives in one process; it ends with the session, however that ends.
-- Parameters: run_key.
-- Grain: one advisory lock.
-- May be repeated: once a session.
SELECT pg_advisory_lock(hashtextextended(:run_key, 0))
