-- Purpose: ready work under a not-to-exceed limit that nobody has evaluated, and would be billed whatever the limit is; and work that a limit
-- is said to have failed, though it had room then, or is said to hold, where there is none.
-- Parameters: at_most.
-- Grain: one row per share.
-- May be repeated: reads only.
WITH limited AS (
    SELECT
        b.contract_id,
        b.contract_line_id,
        b.customer_id,
        b.billable_id,
        b.transaction_id,
        b.amount,
        b.limit_status,
        b.limit_amount,
        b.limit_used,
        b.is_ready OR b.replaces_actual_id IS NULL AS is_due,
        b.billing_type = 'chargeable'
        AND b.transaction_class = any(cl.billed_classes)
        AND num_nonnulls(
            c.not_to_exceed_limit, cc.not_to_exceed_limit, cl.not_to_exceed_limit, lc.not_to_exceed_limit
        ) > 0 AS is_under_a_limit
    FROM invoicing.billable AS b
    INNER JOIN invoicing.project_contract AS c ON b.contract_id = c.contract_id
    INNER JOIN invoicing.contract_line AS cl
        ON b.contract_id = cl.contract_id AND b.contract_line_id = cl.contract_line_id
    LEFT JOIN invoicing.contract_customer AS cc ON b.contract_id = cc.contract_id AND b.customer_id = cc.customer_id
    LEFT JOIN invoicing.contract_line_customer AS lc
        ON
            b.contract_id = lc.contract_id
            AND b.contract_line_id = lc.contract_line_id
            AND b.customer_id = lc.customer_id
    WHERE
        b.state = 'open'
        AND b.is_sale
)

SELECT
    contract_id,
    contract_line_id,
    transaction_id,
    billable_id AS actual_id,
    CASE
        WHEN limit_status IS NULL THEN format('%s of customer %s is under a limit and was not evaluated', amount, customer_id)
        WHEN NOT is_under_a_limit THEN format('%s of customer %s is %s, and is under no limit', amount, customer_id, limit_status)
        ELSE format('%s of customer %s failed a limit of %s of which %s was taken', amount, customer_id, limit_amount, limit_used)
    END AS message
FROM limited
WHERE
    (is_under_a_limit AND is_due AND limit_status IS NULL)
    OR (NOT is_under_a_limit AND limit_status IS NOT NULL)
    OR (limit_status = 'failed' AND limit_used + amount <= limit_amount)
ORDER BY contract_id ASC, billable_id ASC
LIMIT :at_most
