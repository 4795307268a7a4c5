-- Purpose: what stands against invoicing contracts by hand, and how much of them is ready.
-- Parameters: contract_ids (reads ready_share).
-- Grain: one row per contract that is known.
-- May be repeated: reads only.
WITH ready AS MATERIALIZED (
    SELECT
        share.contract_id,
        share.contract_line_id,
        count(*) AS ready_count
    FROM pg_temp.ready_share AS share
    GROUP BY share.contract_id, share.contract_line_id
),

broken AS MATERIALIZED (
    SELECT DISTINCT ON (e.contract_id)
        e.contract_id,
        e.code,
        e.message
    FROM invoicing.billing_exception AS e
    INNER JOIN ready ON e.contract_id = ready.contract_id AND e.contract_line_id = ready.contract_line_id
    WHERE
        e.contract_id = any(cast(:contract_ids AS text[]))
        AND e.severity = 'error'
    ORDER BY e.contract_id ASC, e.code ASC, e.message ASC
)

SELECT
    c.contract_id,
    c.state,
    max(broken.code) AS code,
    max(broken.message) AS message,
    coalesce(sum(ready.ready_count), 0) AS ready_count
FROM invoicing.project_contract AS c
LEFT JOIN ready ON c.contract_id = ready.contract_id
LEFT JOIN broken ON c.contract_id = broken.contract_id
WHERE c.contract_id = any(cast(:contract_ids AS text[]))
GROUP BY c.contract_id, c.state
ORDER BY c.contract_id ASC
