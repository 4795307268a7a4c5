-- Purpose: contracts that are closed while chargeable work or milestones of theirs are not billed: no run takes them, and nobody may
-- invoice them by hand. What is on a draft is not billed yet. The sum is open_amount of analytics.contracts.
-- Parameters: contract_ids (null: all).
-- Grain: contract, which has one currency.
-- May be repeated: reads only, of closed contracts what is open alone.
SELECT
    b.contract_id,
    'closed_with_open_sales' AS code,
    'warning' AS severity,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'Contract ' || b.contract_id || ' is closed, and ' || cast(count(DISTINCT b.transaction_id) AS text)
    || ' transactions and ' || cast(count(DISTINCT b.milestone_id) AS text) || ' milestones of '
    || cast(sum(b.amount) AS text) || ' ' || c.currency
    || ' are not billed; make it active and bill them, confirm the drafts that they are on, or cancel them in the source.' AS message
FROM invoicing.project_contract AS c
INNER JOIN rules.open_share AS b ON c.contract_id = b.contract_id
WHERE
    c.state = 'closed'
    AND b.billing_type = 'chargeable'
    AND (cast(:contract_ids AS text[]) IS NULL OR c.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY b.contract_id, c.currency
