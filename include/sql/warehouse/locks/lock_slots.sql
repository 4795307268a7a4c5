-- Purpose: take slots of contracts for this transaction alone, in the order they are given.
-- Parameters: slots.
-- Grain: one advisory lock per slot.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock(77, s.slot)) AS taken
FROM unnest(cast(:slots AS integer[])) AS s (slot)
