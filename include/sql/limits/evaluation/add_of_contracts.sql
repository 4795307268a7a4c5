-- Purpose: the open work of contracts whose limits, lines or customers have changed, or that somebody wants evaluated again. What is
-- committed or on a draft was admitted before.
-- Parameters: contract_ids, is_reset (what is committed and on no draft is evaluated from nothing; adds to waiting_share).
-- Grain: one row per share of a contract that has limits, or had some.
-- May be repeated: a share that waits already is left as it is.
INSERT INTO pg_temp.waiting_share (contract_id, billable_id, is_certain)
SELECT
    o.contract_id,
    o.billable_id,
    o.is_held OR (coalesce(o.limit_status = 'committed', FALSE) AND NOT cast(:is_reset AS boolean)) AS is_certain
FROM rules.open_billable AS o
LEFT JOIN (SELECT DISTINCT contract_id FROM rules.contract_limit) AS limited ON o.contract_id = limited.contract_id
WHERE
    o.contract_id = any(cast(:contract_ids AS text[]))
    AND o.is_sale
    AND (limited.contract_id IS NOT NULL OR o.limit_status IS NOT NULL)
ON CONFLICT DO NOTHING
