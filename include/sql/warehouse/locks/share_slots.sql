-- Purpose: take slots of contracts together with others who share them, in the order they are given.
-- Parameters: slots.
-- Grain: one advisory lock per slot.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock_shared(77, s.slot)) AS taken
FROM unnest(cast(:slots AS integer[])) AS s (slot)
