-- Purpose: contracts that are on hold, in draft or closed while rows of their schedule come due.
-- Parameters: as_of, oldest_as_of (dates), contract_ids (null: all).
-- Grain: contract.
-- May be repeated: reads only.
SELECT
    s.contract_id,
    'contract_not_active' AS code,
    'warning' AS severity,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Contract ' || s.contract_id || ' is ' || s.contract_state || ' and '
    || cast(count(DISTINCT row(s.contract_line_id, s.run_date)) AS text)
    || ' due rows of its schedule wait; make it active, or mark the rows run_successful.' AS message
FROM rules.pending_row AS s
WHERE
    s.contract_state <> 'active'
    AND s.run_date BETWEEN :oldest_as_of AND :as_of
    AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY s.contract_id, s.contract_state
