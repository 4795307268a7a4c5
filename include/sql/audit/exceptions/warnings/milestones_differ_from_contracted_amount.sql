-- Purpose: fixed-price lines whose milestones, with what another system had invoiced before them, do not come to what was contracted.
-- Parameters: contract_ids (null: all).
-- Grain: contract line.
-- May be repeated: reads only.
SELECT
    m.contract_id,
    'milestones_differ_from_contracted_amount' AS code,
    'warning' AS severity,
    m.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    cast(NULL AS date) AS subject_date,
    'The milestones of line ' || m.contract_line_id || ' come to ' || cast(sum(m.amount) AS text)
    || coalesce(' and its opening balances to ' || cast(sum(m.opening_amount) AS text), '')
    || ', the line was contracted for ' || cast(cl.contracted_amount AS text) || '; correct the one that is wrong.' AS message
FROM (
    SELECT
        planned.contract_id,
        planned.contract_line_id,
        planned.amount,
        cast(NULL AS numeric) AS opening_amount
    FROM invoicing.milestone AS planned
    LEFT JOIN (
        SELECT
            contract_id,
            contract_line_id,
            max(as_of) AS as_of
        FROM invoicing.opening_balance
        GROUP BY contract_id, contract_line_id
    ) AS opening
        ON
            planned.contract_id = opening.contract_id
            AND planned.contract_line_id = opening.contract_line_id
            AND planned.milestone_date <= opening.as_of
            AND planned.billing_status = 'invoice_posted'
    WHERE opening.contract_id IS NULL
    UNION ALL
    SELECT
        ob.contract_id,
        ob.contract_line_id,
        0 AS amount,
        ob.invoiced_amount AS opening_amount
    FROM invoicing.opening_balance AS ob
) AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON m.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'fixed_price'
    AND (cast(:contract_ids AS text[]) IS NULL OR m.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY m.contract_id, m.contract_line_id, cl.contracted_amount
HAVING sum(m.amount) + coalesce(sum(m.opening_amount), 0) <> cl.contracted_amount
