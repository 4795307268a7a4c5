-- Purpose: how many warnings are open, by what they warn of.
-- Parameters: contract_ids (null: all).
-- Grain: one row per code, the most frequent first.
-- May be repeated: reads only.
SELECT
    code,
    count(*) AS warnings
FROM invoicing.billing_exception
WHERE
    severity = 'warning'
    AND (cast(:contract_ids AS text[]) IS NULL OR contract_id = any(cast(:contract_ids AS text[])))
GROUP BY code
ORDER BY warnings DESC, code ASC
