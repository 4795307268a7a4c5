-- Purpose: what an attempt that is only rehearsed comes to: what is ready, and the lines that would stand for its rows.
-- Parameters: attempt_id.
-- Grain: one row per currency, columns as in run_amount.
-- May be repeated: reads only.
SELECT
    together.currency,
    sum(together.ready_amount) AS ready_amount,
    sum(together.chargeable_amount) AS chargeable_amount,
    sum(together.non_chargeable_amount) AS non_chargeable_amount,
    sum(together.complimentary_amount) AS complimentary_amount,
    sum(together.tax_amount) AS tax_amount
FROM (
    SELECT
        c.currency,
        rl.amount AS ready_amount,
        0 AS chargeable_amount,
        0 AS non_chargeable_amount,
        0 AS complimentary_amount,
        0 AS tax_amount
    FROM invoicing.run_line AS rl
    INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
    WHERE
        rl.attempt_id = :attempt_id
        AND rl.reason = 'invoiced'
        AND rl.is_sale
    UNION ALL
    SELECT
        c.currency,
        0 AS ready_amount,
        foreseen.chargeable_amount,
        foreseen.non_chargeable_amount,
        foreseen.complimentary_amount,
        foreseen.tax_amount
    FROM rules.foreseen_line AS foreseen
    INNER JOIN invoicing.project_contract AS c ON foreseen.contract_id = c.contract_id
    WHERE
        foreseen.attempt_id = :attempt_id
        AND foreseen.is_due
) AS together
GROUP BY together.currency
ORDER BY together.currency
