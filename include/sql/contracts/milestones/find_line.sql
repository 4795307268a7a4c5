-- Purpose: what a contract line says of its milestones, and what those that it has come to, with its opening balances, whatever became of
--          them: a posted one counts as one that waits.
-- Parameters: contract_id, contract_line_id.
-- Grain: one row, or none where there is no such line.
-- May be repeated: reads only.
SELECT
    c.state,
    c.currency,
    cu.decimals,
    cl.billing_method,
    cl.contracted_amount,
    coalesce(sum(plan.milestone_amount + plan.opening_amount), 0) AS planned_amount
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
INNER JOIN invoicing.currency AS cu ON c.currency = cu.currency
LEFT JOIN rules.planned_amount AS plan ON cl.contract_id = plan.contract_id AND cl.contract_line_id = plan.contract_line_id
WHERE
    cl.contract_id = :contract_id
    AND cl.contract_line_id = :contract_line_id
GROUP BY c.state, c.currency, cu.decimals, cl.billing_method, cl.contracted_amount
