-- Rule: the not-to-exceed limits of contracts. Those of a line hold for time and material alone.
-- Grain: one row per limit; contract_line_id and customer_id are '' where it is for all of them.
CREATE OR REPLACE VIEW rules.contract_limit AS
SELECT
    c.contract_id,
    cast('contract' AS invoicing.limit_level) AS level,
    '' AS contract_line_id,
    '' AS customer_id,
    c.not_to_exceed_limit AS limit_amount
FROM invoicing.project_contract AS c
WHERE c.not_to_exceed_limit IS NOT NULL
UNION ALL
SELECT
    cc.contract_id,
    cast('contract_customer' AS invoicing.limit_level) AS level,
    '' AS contract_line_id,
    cc.customer_id,
    cc.not_to_exceed_limit AS limit_amount
FROM invoicing.contract_customer AS cc
WHERE cc.not_to_exceed_limit IS NOT NULL
UNION ALL
SELECT
    cl.contract_id,
    cast('contract_line' AS invoicing.limit_level) AS level,
    cl.contract_line_id,
    '' AS customer_id,
    cl.not_to_exceed_limit AS limit_amount
FROM invoicing.contract_line AS cl
WHERE
    cl.not_to_exceed_limit IS NOT NULL
    AND cl.billing_method = 'time_and_material'
UNION ALL
SELECT
    lc.contract_id,
    cast('contract_line_customer' AS invoicing.limit_level) AS level,
    lc.contract_line_id,
    lc.customer_id,
    lc.not_to_exceed_limit AS limit_amount
FROM invoicing.contract_line_customer AS lc
INNER JOIN invoicing.contract_line AS cl
    ON lc.contract_id = cl.contract_id AND lc.contract_line_id = cl.contract_line_id
WHERE
    lc.not_to_exceed_limit IS NOT NULL
    AND cl.billing_method = 'time_and_material';
