-- Purpose: fixed-price lines whose milestones, with what another system had invoiced before them, do not come to what was contracted.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    plan.contract_id,
    'milestones_differ_from_contracted_amount' AS code,
    'warning' AS severity,
    plan.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'The milestones of line ' || plan.contract_line_id || ' come to ' || cast(sum(plan.milestone_amount) AS text)
    || CASE WHEN sum(plan.opening_amount) <> 0 THEN ', its opening balances to ' || cast(sum(plan.opening_amount) AS text) ELSE '' END
    || ', the line was contracted for ' || cast(cl.contracted_amount AS text) || '; correct the one that is wrong.' AS message
FROM rules.planned_amount AS plan
INNER JOIN invoicing.contract_line AS cl
    ON plan.contract_id = cl.contract_id AND plan.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON plan.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'fixed_price'
    AND (cast(:contract_ids AS text[]) IS NULL OR plan.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY plan.contract_id, plan.contract_line_id, cl.contracted_amount
HAVING sum(plan.milestone_amount + plan.opening_amount) <> cl.contracted_amount
