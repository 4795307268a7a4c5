-- Purpose: contracts with retainers, which are loaded and not applied yet.
-- Parameters: contract_ids (null: all).
-- Grain: contract.
-- May be repeated: reads only.
SELECT DISTINCT
    advance.contract_id,
    'retainer_not_applied' AS code,
    'warning' AS severity,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Contract ' || advance.contract_id || ' has retainers, which no invoice applies yet; look at its drafts before they are confirmed.' AS message
FROM invoicing.retainer AS advance
WHERE (cast(:contract_ids AS text[]) IS NULL OR advance.contract_id = any(cast(:contract_ids AS text[])))
