-- Purpose: take a series of numbers for this transaction alone, so that the last number is the last.
-- Parameters: series.
-- Grain: one advisory lock.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock(hashtextextended(cast(:series AS text), 3))) AS taken
