-- Purpose: the contracts that the run set aside, with what to mend.
-- Parameters: run_id.
-- Grain: one row per problem of a quarantined contract.
-- May be repeated: reads only.
SELECT
    e.contract_id,
    e.code,
    e.message
FROM invoicing.billing_exception AS e
WHERE
    e.severity = 'error'
    AND EXISTS (
        SELECT 1
        FROM invoicing.run_due_line AS l
        WHERE
            l.contract_id = e.contract_id
            AND l.run_id = :run_id
            AND l.quarantined
    )
ORDER BY e.contract_id, e.code, e.message
