-- Purpose: the contracts that an attempt sets aside, with what to correct.
-- Parameters: attempt_id.
-- Grain: one row per problem of a quarantined contract.
-- May be repeated: reads only.
SELECT
    broken.contract_id,
    broken.code,
    broken.message
FROM (
    SELECT DISTINCT
        contract_id,
        contract_line_id
    FROM invoicing.run_due_row
    WHERE
        attempt_id = :attempt_id
        AND is_quarantined
) AS due
INNER JOIN rules.broken_line AS broken
    ON due.contract_id = broken.contract_id AND due.contract_line_id = broken.contract_line_id
ORDER BY broken.contract_id, broken.code, broken.message
