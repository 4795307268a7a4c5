-- Purpose: contracts with not-to-exceed limits or retainers, which are loaded and not applied yet.
-- Parameters: contract_ids (null: all).
-- Grain: contract.
-- May be repeated: reads only.
SELECT
    c.contract_id,
    'limit_not_applied' AS code,
    'warning' AS severity,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Contract ' || c.contract_id
    || ' has limits or retainers, which no invoice applies yet; look at its drafts before they are confirmed.' AS message
FROM invoicing.project_contract AS c
INNER JOIN (
    SELECT contract_id FROM invoicing.project_contract
    WHERE not_to_exceed_limit IS NOT NULL
    UNION
    SELECT contract_id FROM invoicing.contract_line
    WHERE not_to_exceed_limit IS NOT NULL
    UNION
    SELECT contract_id FROM invoicing.contract_line_customer
    WHERE not_to_exceed_limit IS NOT NULL
    UNION
    SELECT contract_id FROM invoicing.contract_customer
    WHERE not_to_exceed_limit IS NOT NULL
    UNION
    SELECT contract_id FROM invoicing.retainer
) AS limited ON c.contract_id = limited.contract_id
WHERE (cast(:contract_ids AS text[]) IS NULL OR c.contract_id = any(cast(:contract_ids AS text[])))
