-- Purpose: shares of milestones of which more, or less, was billed and is open than there is. Where the milestone has changed since it
-- was billed, what is between the two is right, since a correction starts from what it says now.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per milestone and customer.
-- May be repeated: reads only.
WITH milestone AS (
    SELECT
        contract_id,
        milestone_id
    FROM invoicing.milestone
    WHERE milestone_date BETWEEN :from_date AND :to_date
),

share AS (
    SELECT
        b.contract_id,
        b.milestone_id,
        b.customer_id,
        sum(CASE WHEN b.part = 1 THEN b.quantity ELSE 0 END) AS quantity,
        sum(CASE WHEN b.part = 1 THEN b.amount ELSE 0 END) AS amount,
        sum(CASE WHEN later.state = 'canceled' THEN 0 WHEN b.part = 1 THEN coalesce(later.quantity, b.quantity) ELSE 0 END)
            AS later_quantity,
        sum(CASE WHEN later.state = 'canceled' THEN 0 WHEN b.part = 1 THEN coalesce(later.amount, b.amount) ELSE 0 END)
            AS later_amount,
        sum(CASE WHEN b.state = 'billed' THEN 0 ELSE b.quantity END) AS open_quantity,
        sum(CASE WHEN b.state = 'billed' THEN 0 ELSE b.amount END) AS open_amount
    FROM invoicing.billable AS b
    LEFT JOIN invoicing.later_share AS later ON b.contract_id = later.contract_id AND b.billable_id = later.billable_id
    WHERE
        b.source = 'milestone'
        AND b.state <> 'canceled'
    GROUP BY b.contract_id, b.milestone_id, b.customer_id
),

billed AS (
    SELECT
        contract_id,
        milestone_id,
        customer_id,
        sum(quantity) AS quantity,
        sum(amount) AS amount
    FROM invoicing.posting
    WHERE
        kind = 'billed_sales'
        AND milestone_id IS NOT NULL
    GROUP BY contract_id, milestone_id, customer_id
),

-- An edited draft stands when its source changes, and a milestone is billed as the draft says.
edited AS (
    SELECT
        b.contract_id,
        b.milestone_id,
        b.customer_id,
        sum(greatest(d.amount - b.amount, 0)) AS more,
        sum(least(d.amount - b.amount, 0)) AS less
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    WHERE
        d.is_confirmed
        AND b.source = 'milestone'
    GROUP BY b.contract_id, b.milestone_id, b.customer_id
),

compared AS (
    SELECT
        share.*,
        coalesce(billed.quantity, 0) AS billed_quantity,
        coalesce(billed.amount, 0) AS billed_amount,
        coalesce(edited.more, 0) AS more,
        coalesce(edited.less, 0) AS less
    FROM share
    INNER JOIN milestone AS m ON share.contract_id = m.contract_id AND share.milestone_id = m.milestone_id
    LEFT JOIN billed
        ON
            share.contract_id = billed.contract_id
            AND share.milestone_id = billed.milestone_id
            AND share.customer_id = billed.customer_id
    LEFT JOIN edited
        ON
            share.contract_id = edited.contract_id
            AND share.milestone_id = edited.milestone_id
            AND share.customer_id = edited.customer_id
)

SELECT
    contract_id,
    milestone_id,
    customer_id,
    format(
        'the share of customer %s is %s, amount %s; billed is %s, amount %s, and open %s, amount %s',
        customer_id, quantity, amount, billed_quantity, billed_amount, open_quantity, open_amount
    ) AS message
FROM compared
WHERE
    billed_quantity + open_quantity NOT BETWEEN least(quantity, later_quantity) AND greatest(quantity, later_quantity)
    OR billed_amount + open_amount NOT BETWEEN least(amount, later_amount) + less AND greatest(amount, later_amount) + more
ORDER BY contract_id ASC, milestone_id ASC, customer_id ASC
LIMIT :at_most
