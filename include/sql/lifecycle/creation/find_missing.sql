-- Purpose: what was named to be invoiced and is open, but not among what is ready.
-- Parameters: transaction_ids, milestone_ids (lists, possibly empty; reads ready_share).
-- Grain: one row per name.
-- May be repeated: reads only.
WITH ready AS MATERIALIZED (
    SELECT
        b.transaction_id,
        b.milestone_id
    FROM pg_temp.ready_share AS share
    INNER JOIN invoicing.billable AS b ON share.contract_id = b.contract_id AND share.billable_id = b.billable_id
)

SELECT
    'transaction' AS what,
    named.name
FROM unnest(cast(:transaction_ids AS text[])) AS named (name)
LEFT JOIN ready ON named.name = ready.transaction_id
WHERE ready.transaction_id IS NULL
UNION ALL
SELECT
    'milestone' AS what,
    named.name
FROM unnest(cast(:milestone_ids AS text[])) AS named (name)
LEFT JOIN ready ON named.name = ready.milestone_id
WHERE ready.milestone_id IS NULL
ORDER BY what ASC, name ASC
