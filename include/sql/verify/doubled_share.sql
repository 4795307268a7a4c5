-- Purpose: customers who would be billed twice for one transaction or milestone: a second original share of it, or another
-- open share beside the original. After a correction the original is closed, so what replaces it may be open.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction or milestone and customer; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH doubled AS (
    SELECT
        contract_id,
        transaction_id,
        milestone_id,
        customer_id,
        array_agg(actual_id ORDER BY actual_id ASC) AS actual_ids,
        sum(amount) AS amount
    FROM invoicing.actual
    WHERE
        kind IN ('unbilled_sales', 'milestone')
        AND num_nonnulls(transaction_id, milestone_id) = 1
        AND reverses_actual_id IS NULL
    GROUP BY contract_id, transaction_id, milestone_id, customer_id
    HAVING
        count(*) FILTER (WHERE replaces_actual_id IS NULL) > 1
        OR (
            count(*) FILTER (WHERE billing_status IN ('unbilled', 'ready_to_invoice')) > 1
            AND bool_or(replaces_actual_id IS NULL AND billing_status IN ('unbilled', 'ready_to_invoice'))
        )
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT DISTINCT
    x.contract_id,
    x.transaction_id,
    x.milestone_id,
    x.customer_id,
    format(
        'customer %s has %s shares where there can be one: actuals %s, %s in all',
        x.customer_id, cardinality(x.actual_ids), array_to_string(x.actual_ids, ', '), x.amount
    ) AS message
FROM doubled AS x
INNER JOIN invoicing.actual AS a ON x.contract_id = a.contract_id AND a.actual_id = any(x.actual_ids)
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN other_date AS o ON a.contract_id = o.contract_id AND coalesce(d.invoice_id, a.invoice_id) = o.invoice_id
WHERE o.invoice_id IS NULL
ORDER BY x.contract_id ASC, x.transaction_id ASC, x.milestone_id ASC, x.customer_id ASC
LIMIT :at_most
