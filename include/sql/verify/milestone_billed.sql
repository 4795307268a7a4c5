-- Purpose: shares of milestones of which more, or less, was billed and is open than there is.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per milestone and customer.
-- May be repeated: reads only.
WITH share AS (
    SELECT
        contract_id,
        milestone_id,
        customer_id,
        sum(CASE WHEN kind = 'milestone' AND posting IS NULL THEN quantity ELSE 0 END) AS quantity,
        sum(CASE WHEN kind = 'milestone' AND posting IS NULL THEN amount ELSE 0 END) AS amount,
        sum(CASE WHEN kind = 'billed_sales' THEN quantity ELSE 0 END) AS billed_quantity,
        sum(CASE WHEN kind = 'billed_sales' THEN amount ELSE 0 END) AS billed_amount,
        sum(CASE WHEN kind = 'milestone' AND billing_status <> 'invoice_posted' THEN quantity ELSE 0 END) AS open_quantity,
        sum(CASE WHEN kind = 'milestone' AND billing_status <> 'invoice_posted' THEN amount ELSE 0 END) AS open_amount
    FROM invoicing.actual
    WHERE
        milestone_id IS NOT NULL
        AND billing_status <> 'canceled'
    GROUP BY contract_id, milestone_id, customer_id
),

milestone AS (
    SELECT
        contract_id,
        milestone_id
    FROM invoicing.milestone
    WHERE milestone_date BETWEEN :from_date AND :to_date
)

SELECT
    s.contract_id,
    s.milestone_id,
    s.customer_id,
    format(
        'the share of customer %s is %s, amount %s; billed is %s, amount %s, and open %s, amount %s',
        s.customer_id, s.quantity, s.amount, s.billed_quantity, s.billed_amount, s.open_quantity, s.open_amount
    ) AS message
FROM share AS s
INNER JOIN milestone AS m ON s.contract_id = m.contract_id AND s.milestone_id = m.milestone_id
WHERE (s.quantity, s.amount) <> (s.billed_quantity + s.open_quantity, s.billed_amount + s.open_amount)
ORDER BY s.contract_id ASC, s.milestone_id ASC, s.customer_id ASC
LIMIT :at_most
