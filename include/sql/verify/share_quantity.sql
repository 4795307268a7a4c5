-- Purpose: shares of transactions whose quantity was not conserved: all actuals, unbilled and billed, reversals included, come to
-- the original share, more by what confirmed details raised, less by what partial credits of fees gave away.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction and customer; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH original AS (
    SELECT
        contract_id,
        transaction_id,
        customer_id,
        sum(quantity) AS quantity,
        sum(CASE WHEN posting IS NULL THEN quantity ELSE 0 END) AS original_quantity
    FROM invoicing.actual
    WHERE
        kind IN ('unbilled_sales', 'billed_sales')
        AND transaction_id IS NOT NULL
        AND billing_status <> 'canceled'
    GROUP BY contract_id, transaction_id, customer_id
),

raised AS (
    SELECT
        s.contract_id,
        s.transaction_id,
        s.customer_id,
        sum(d.quantity - s.quantity) AS quantity
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.actual AS s ON d.contract_id = s.contract_id AND d.actual_id = s.actual_id
    WHERE
        d.confirmed
        AND s.transaction_id IS NOT NULL
        AND (
            abs(d.quantity) > abs(s.quantity)
            OR (s.kind = 'billed_sales' AND s.transaction_class = 'fee' AND d.quantity <> 0)
        )
    GROUP BY s.contract_id, s.transaction_id, s.customer_id
),

wrong AS (
    SELECT
        o.contract_id,
        o.transaction_id,
        o.customer_id,
        format(
            'the share of customer %s was %s, invoices raised it by %s, and its actuals come to %s',
            o.customer_id, o.original_quantity, coalesce(r.quantity, 0), o.quantity
        ) AS message
    FROM original AS o
    LEFT JOIN raised AS r
        ON o.contract_id = r.contract_id AND o.transaction_id = r.transaction_id AND o.customer_id = r.customer_id
    WHERE o.quantity <> o.original_quantity + coalesce(r.quantity, 0)
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT DISTINCT
    w.contract_id,
    w.transaction_id,
    w.customer_id,
    w.message
FROM wrong AS w
INNER JOIN invoicing.actual AS a
    ON w.contract_id = a.contract_id AND w.transaction_id = a.transaction_id AND w.customer_id = a.customer_id
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN other_date AS o ON a.contract_id = o.contract_id AND coalesce(d.invoice_id, a.invoice_id) = o.invoice_id
WHERE o.invoice_id IS NULL
ORDER BY w.contract_id ASC, w.transaction_id ASC, w.customer_id ASC
LIMIT :at_most
