-- Purpose: shares of transactions whose quantity was not conserved: all actuals, unbilled and billed, reversals included, come to
-- the share, more by what confirmed details raised and no credit took back since, less by what partial credits of fees gave away.
-- Where the transaction has changed since it was billed, what is between the two is right, since a correction starts from what
-- it says now.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction and customer of which anything was posted; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH posted AS (
    SELECT
        contract_id,
        transaction_id,
        customer_id,
        sum(quantity) AS quantity
    FROM invoicing.posting
    WHERE transaction_id IS NOT NULL
    GROUP BY contract_id, transaction_id, customer_id
),

share AS (
    SELECT
        b.contract_id,
        b.transaction_id,
        b.customer_id,
        sum(b.quantity) AS quantity,
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

edited AS (
    SELECT
        b.contract_id,
        b.transaction_id,
        b.customer_id,
        sum(greatest(d.quantity - b.quantity, 0)) AS more,
        sum(least(d.quantity - b.quantity, 0)) AS less
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    WHERE
        d.is_confirmed
        AND b.transaction_id IS NOT NULL
        AND (
            abs(d.quantity) > abs(b.quantity)
            OR (b.source = 'correction' AND b.transaction_class = 'fee' AND d.quantity <> 0)
        )
    GROUP BY b.contract_id, b.transaction_id, b.customer_id
),

compared AS (
    SELECT
        posted.contract_id,
        posted.transaction_id,
        posted.customer_id,
        coalesce(share.original_quantity, 0) AS original_quantity,
        coalesce(share.later_quantity, 0) AS later_quantity,
        coalesce(share.quantity, 0) + posted.quantity AS quantity,
        coalesce(edited.more, 0) AS more,
        coalesce(edited.less, 0) AS less
    FROM posted
    LEFT JOIN share
        ON
            posted.contract_id = share.contract_id
            AND posted.transaction_id = share.transaction_id
            AND posted.customer_id = share.customer_id
    LEFT JOIN edited
        ON
            posted.contract_id = edited.contract_id
            AND posted.transaction_id = edited.transaction_id
            AND posted.customer_id = edited.customer_id
),

-- Looked up once, before anything is joined to it.
wrong AS MATERIALIZED (
    SELECT
        contract_id,
        transaction_id,
        customer_id,
        format(
            'the share of customer %s was %s and is %s, invoices raised it by up to %s, and its actuals come to %s',
            customer_id, original_quantity, later_quantity, more + less, quantity
        ) AS message
    FROM compared
    WHERE
        quantity
        NOT BETWEEN least(original_quantity, later_quantity) + less AND greatest(original_quantity, later_quantity) + more
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
