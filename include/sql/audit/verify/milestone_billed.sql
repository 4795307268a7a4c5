-- Purpose: shares of milestones of which more, or less, was billed and is open than there is. Where the milestone itself has changed
-- since it was billed, what is between the two is right, since a correction starts from what it says now.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per milestone and customer.
-- May be repeated: reads only.
WITH milestone AS (
    SELECT
        contract_id,
        milestone_id,
        amount
    FROM invoicing.milestone
    WHERE milestone_date BETWEEN :from_date AND :to_date
),

share AS (
    SELECT
        contract_id,
        milestone_id,
        customer_id,
        sum(CASE WHEN part = 1 THEN quantity ELSE 0 END) AS quantity,
        sum(CASE WHEN part = 1 THEN amount ELSE 0 END) AS amount,
        sum(CASE WHEN state = 'billed' THEN 0 ELSE quantity END) AS open_quantity,
        sum(CASE WHEN state = 'billed' THEN 0 ELSE amount END) AS open_amount
    FROM invoicing.billable
    WHERE
        source = 'milestone'
        AND state <> 'canceled'
    GROUP BY contract_id, milestone_id, customer_id
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

compared AS (
    SELECT
        share.*,
        coalesce(billed.quantity, 0) AS billed_quantity,
        coalesce(billed.amount, 0) AS billed_amount,
        m.amount - sum(share.amount) OVER (PARTITION BY share.contract_id, share.milestone_id) AS changed_amount
    FROM share
    INNER JOIN milestone AS m ON share.contract_id = m.contract_id AND share.milestone_id = m.milestone_id
    LEFT JOIN billed
        ON
            share.contract_id = billed.contract_id
            AND share.milestone_id = billed.milestone_id
            AND share.customer_id = billed.customer_id
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
    quantity <> billed_quantity + open_quantity
    OR billed_amount + open_amount
    NOT BETWEEN amount + least(changed_amount, 0) AND amount + greatest(changed_amount, 0)
ORDER BY contract_id ASC, milestone_id ASC, customer_id ASC
LIMIT :at_most
