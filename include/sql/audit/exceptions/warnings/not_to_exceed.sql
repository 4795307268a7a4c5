-- Purpose: work that is not invoiced because a not-to-exceed limit has no room for it.
-- Parameters: contract_ids (null: all).
-- Grain: contract line and customer.
-- May be repeated: reads only.
SELECT
    o.contract_id,
    'not_to_exceed' AS code,
    'warning' AS severity,
    o.contract_line_id,
    o.customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    cast(count(*) AS text) || ' transactions of line ' || o.contract_line_id || ' for customer ' || o.customer_id || ', '
    || cast(sum(o.amount) AS text) || ' ' || c.currency || ', exceed a limit (' || string_agg(DISTINCT cast(o.limit_level AS text), ', ')
    || '); raise not_to_exceed_limit and run invoicing reevaluate, or set them non_chargeable.' AS message
FROM rules.open_share AS o
INNER JOIN invoicing.project_contract AS c ON o.contract_id = c.contract_id
WHERE
    o.limit_status = 'failed'
    AND c.state = 'active'
    AND (cast(:contract_ids AS text[]) IS NULL OR o.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY o.contract_id, o.contract_line_id, o.customer_id, c.currency
