-- Purpose: shares of transactions whose amount was not conserved: what is billed, written off and open comes to the share, to the
-- cent, where no price or amount was changed by hand, no quantity raised and no fee credited in part. Where the transaction has changed
-- since it was billed, what is between the two is right, either's quantity at either's price. All actuals are added up, reversals included.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction and customer of which anything was posted; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH posted AS (
    SELECT
        contract_id,
        transaction_id,
        customer_id,
        sum(amount) AS amount,
        sum(CASE WHEN kind = 'billed_sales' AND posting <> 'written_off_billed' THEN amount ELSE 0 END) AS billed_amount,
        sum(CASE WHEN posting = 'written_off_billed' THEN amount ELSE 0 END) AS written_off_amount
    FROM invoicing.posting
    WHERE transaction_id IS NOT NULL
    GROUP BY contract_id, transaction_id, customer_id
),

share AS (
    SELECT
        b.contract_id,
        b.transaction_id,
        b.customer_id,
        sum(b.amount) AS amount,
        sum(CASE WHEN b.part = 1 THEN b.amount ELSE 0 END) AS original_amount,
        sum(CASE WHEN later.state = 'canceled' THEN 0 WHEN b.part = 1 THEN coalesce(later.amount, b.amount) ELSE 0 END)
            AS later_amount,
        sum(CASE WHEN b.part = 1 THEN b.quantity ELSE 0 END) AS original_quantity,
        sum(CASE WHEN later.state = 'canceled' THEN 0 WHEN b.part = 1 THEN coalesce(later.quantity, b.quantity) ELSE 0 END)
            AS later_quantity
    FROM posted
    INNER JOIN invoicing.billable AS b
        ON
            posted.contract_id = b.contract_id
            AND posted.transaction_id = b.transaction_id
            AND posted.customer_id = b.customer_id
    LEFT JOIN invoicing.later_share AS later ON b.contract_id = later.contract_id AND b.billable_id = later.billable_id
    WHERE
        b.source = 'transaction'
        AND b.state <> 'canceled'
    GROUP BY b.contract_id, b.transaction_id, b.customer_id
),

changed_by_hand AS (
    SELECT
        b.contract_id,
        b.transaction_id,
        b.customer_id
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    WHERE
        d.is_confirmed
        AND b.transaction_id IS NOT NULL
        AND (
            abs(d.quantity) > abs(b.quantity)
            OR d.unit_price <> b.unit_price
            OR (b.source <> 'correction' AND d.quantity = b.quantity AND d.amount <> b.amount)
            OR (b.source = 'correction' AND b.transaction_class = 'fee' AND d.quantity <> 0)
        )
    GROUP BY b.contract_id, b.transaction_id, b.customer_id
),

compared AS (
    SELECT
        posted.contract_id,
        posted.transaction_id,
        posted.customer_id,
        coalesce(share.original_amount, 0) AS original_amount,
        coalesce(share.later_amount, 0) AS later_amount,
        share.original_amount * share.later_quantity / nullif(share.original_quantity, 0) AS later_at_first_price,
        share.later_amount * share.original_quantity / nullif(share.later_quantity, 0) AS first_at_later_price,
        coalesce(share.amount, 0) + posted.amount AS amount,
        posted.billed_amount,
        posted.written_off_amount,
        changed_by_hand.transaction_id IS NOT NULL AS is_changed_by_hand
    FROM posted
    LEFT JOIN share
        ON
            posted.contract_id = share.contract_id
            AND posted.transaction_id = share.transaction_id
            AND posted.customer_id = share.customer_id
    LEFT JOIN changed_by_hand
        ON
            posted.contract_id = changed_by_hand.contract_id
            AND posted.transaction_id = changed_by_hand.transaction_id
            AND posted.customer_id = changed_by_hand.customer_id
),

-- Looked up once, before anything is joined to it.
wrong AS MATERIALIZED (
    SELECT
        contract_id,
        transaction_id,
        customer_id,
        format(
            'the share of customer %s was %s and is %s, and its actuals come to %s: %s is billed, %s written off and %s open',
            customer_id, original_amount, later_amount, amount, billed_amount, written_off_amount, amount - billed_amount - written_off_amount
        ) AS message
    FROM compared
    WHERE
        NOT is_changed_by_hand
        AND amount NOT BETWEEN least(original_amount, later_amount, later_at_first_price, first_at_later_price)
        AND greatest(original_amount, later_amount, later_at_first_price, first_at_later_price)
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT DISTINCT
    wrong.contract_id,
    wrong.transaction_id,
    wrong.customer_id,
    wrong.message
FROM wrong
INNER JOIN invoicing.billable AS b
    ON
        wrong.contract_id = b.contract_id
        AND wrong.transaction_id = b.transaction_id
        AND wrong.customer_id = b.customer_id
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN other_date ON d.contract_id = other_date.contract_id AND d.invoice_id = other_date.invoice_id
WHERE other_date.invoice_id IS NULL
ORDER BY wrong.contract_id ASC, wrong.transaction_id ASC, wrong.customer_id ASC
LIMIT :at_most
