-- Purpose: the contracts that an attempt set aside, with what to correct.
-- Parameters: attempt_id.
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
        FROM invoicing.run_due_row AS l
        WHERE
            l.contract_id = e.contract_id
            AND l.contract_line_id = e.contract_line_id
            AND l.attempt_id = :attempt_id
            AND l.is_quarantined
    )
ORDER BY e.contract_id, e.code, e.message
