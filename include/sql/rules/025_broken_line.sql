-- Rule: what of the set-up of a contract line would break the grouping of invoices: nobody can be invoiced for it, or its percents do
-- not share everything. A run sets such a contract aside.
-- Grain: one row per line of an active contract and problem.
CREATE OR REPLACE VIEW rules.broken_line AS
SELECT
    cl.contract_id,
    cl.contract_line_id,
    'line_without_customers' AS code,
    'Contract line ' || cl.contract_line_id || ' has no customers; add it to contract_line_customers with percents that '
    || 'sum to 100 and one rounding customer.' AS message
FROM invoicing.contract_line AS cl
INNER JOIN invoicing.project_contract AS c ON cl.contract_id = c.contract_id
LEFT JOIN invoicing.contract_line_customer AS lc
    ON cl.contract_id = lc.contract_id AND cl.contract_line_id = lc.contract_line_id
WHERE
    c.state = 'active'
    AND lc.contract_id IS NULL
UNION ALL
SELECT
    lc.contract_id,
    lc.contract_line_id,
    'split_not_complete' AS code,
    'The customers of contract line ' || lc.contract_line_id || ' share ' || cast(sum(lc.split_percent) AS text)
    || ' percent and ' || cast(count(*) FILTER (WHERE lc.is_rounding_customer) AS text)
    || ' of them take the rounding; correct contract_line_customers so that it is 100 and 1.' AS message
FROM invoicing.contract_line_customer AS lc
INNER JOIN invoicing.project_contract AS c ON lc.contract_id = c.contract_id
WHERE c.state = 'active'
GROUP BY lc.contract_id, lc.contract_line_id
HAVING sum(lc.split_percent) <> 100 OR count(*) FILTER (WHERE lc.is_rounding_customer) <> 1;
