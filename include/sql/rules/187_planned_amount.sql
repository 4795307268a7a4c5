-- Rule: what the milestones of a line come to, whatever became of them, and what another system had invoiced of the line before them. A
-- milestone that it had posted by the day of an opening balance is part of that.
-- Grain: one row per milestone and opening balance; readers add up.
CREATE OR REPLACE VIEW rules.planned_amount AS
SELECT
    m.contract_id,
    m.contract_line_id,
    m.amount AS milestone_amount,
    cast(0 AS numeric) AS opening_amount
FROM invoicing.milestone AS m
LEFT JOIN (
    SELECT
        contract_id,
        contract_line_id,
        max(as_of) AS as_of
    FROM invoicing.opening_balance
    GROUP BY contract_id, contract_line_id
) AS opening
    ON
        m.contract_id = opening.contract_id
        AND m.contract_line_id = opening.contract_line_id
        AND m.milestone_date <= opening.as_of
        AND m.billing_status = 'invoice_posted'
WHERE opening.contract_id IS NULL
UNION ALL
SELECT
    ob.contract_id,
    ob.contract_line_id,
    cast(0 AS numeric) AS milestone_amount,
    ob.invoiced_amount AS opening_amount
FROM invoicing.opening_balance AS ob;
