-- Purpose: what stands against invoicing contracts by hand, and how much of them is ready.
-- Parameters: contract_ids.
-- Grain: one row per id that was named; state is null for one that is not known.
-- May be repeated: reads only. What is materialized would be made anew for every contract, if few were expected.
WITH ready AS MATERIALIZED (
    SELECT
        contract_id,
        count(*) AS ready_count
    FROM invoicing.ready_actual
    WHERE contract_id = any(cast(:contract_ids AS text[]))
    GROUP BY contract_id
),

broken AS MATERIALIZED (
    SELECT DISTINCT ON (e.contract_id)
        e.contract_id,
        e.code,
        e.message
    FROM invoicing.billing_exception AS e
    INNER JOIN invoicing.ready_actual AS r
        ON e.contract_id = r.contract_id AND e.contract_line_id = r.contract_line_id
    WHERE
        e.contract_id = any(cast(:contract_ids AS text[]))
        AND e.severity = 'error'
    ORDER BY e.contract_id ASC, e.code ASC, e.message ASC
)

SELECT
    asked.contract_id,
    c.state,
    b.code,
    b.message,
    coalesce(r.ready_count, 0) AS ready_count
FROM (SELECT DISTINCT unnest(cast(:contract_ids AS text[])) AS contract_id) AS asked
LEFT JOIN invoicing.project_contract AS c ON asked.contract_id = c.contract_id
LEFT JOIN ready AS r ON asked.contract_id = r.contract_id
LEFT JOIN broken AS b ON asked.contract_id = b.contract_id
ORDER BY asked.contract_id ASC
