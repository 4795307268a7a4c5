-- Purpose: take contracts for this transaction alone, in the order they are given.
-- Parameters: contract_ids.
-- Grain: one advisory lock per contract.
-- May be repeated: yes, a lock that is held is taken again at once.
SELECT count(pg_advisory_xact_lock(hashtextextended(c.contract_id, 1))) AS taken
FROM unnest(cast(:contract_ids AS text[])) AS c (contract_id)
