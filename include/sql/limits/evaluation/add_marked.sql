-- Purpose: the marked shares that are not committed, or are not chargeable any more.
-- Parameters: none (reads chosen_share, after the mark; adds to waiting_share).
-- Grain: one row per share of a contract that has limits.
-- May be repeated: a share that waits already is left as it is.
INSERT INTO pg_temp.waiting_share (contract_id, billable_id, is_certain)
SELECT
    b.contract_id,
    b.billable_id,
    FALSE AS is_certain
FROM (SELECT DISTINCT contract_id FROM rules.contract_limit) AS limited
INNER JOIN pg_temp.chosen_share AS chosen ON limited.contract_id = chosen.contract_id
INNER JOIN invoicing.billable AS b ON chosen.contract_id = b.contract_id AND chosen.billable_id = b.billable_id
WHERE
    b.is_sale
    AND (b.limit_status IS DISTINCT FROM 'committed' OR b.billing_type <> 'chargeable')
ON CONFLICT DO NOTHING
