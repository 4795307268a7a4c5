-- Purpose: customers who would be billed twice for one transaction or milestone: a second original share of it, or another
-- open share beside the original. After a correction the original is closed, and what replaces it is open alone.
-- Parameters: run_date (null: all; else those with a share on one of its invoices), at_most.
-- Grain: one row per transaction or milestone and customer.
-- May be repeated: reads only.
SELECT
    contract_id,
    transaction_id,
    milestone_id,
    customer_id,
    format(
        'customer %s has %s shares where there can be one: actuals %s',
        customer_id, count(*), string_agg(CAST(actual_id AS text), ', ' ORDER BY actual_id)
    ) AS message
FROM invoicing.actual
WHERE
    kind IN ('unbilled_sales', 'milestone')
    AND num_nonnulls(transaction_id, milestone_id) = 1
    AND reverses_actual_id IS NULL
    AND (
        CAST(:run_date AS date) IS NULL
        OR (contract_id, coalesce(transaction_id, milestone_id)) IN (
            SELECT
                a.contract_id,
                coalesce(a.transaction_id, a.milestone_id) AS source_id
            FROM invoicing.invoice AS i
            INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
            INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
            WHERE i.run_date = CAST(:run_date AS date)
        )
    )
GROUP BY contract_id, transaction_id, milestone_id, customer_id
HAVING
    count(*) FILTER (WHERE replaces_actual_id IS NULL) > 1
    OR (
        count(*) FILTER (WHERE billing_status IN ('unbilled', 'ready_to_invoice')) > 1
        AND bool_or(replaces_actual_id IS NULL AND billing_status IN ('unbilled', 'ready_to_invoice'))
    )
ORDER BY contract_id, transaction_id, milestone_id, customer_id
LIMIT :at_most
