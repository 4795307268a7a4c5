-- Purpose: transactions whose shares do not come to exactly what the transaction says. Canceled shares count for nothing; a
-- transaction without any share has a line without customers, which the exceptions report.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH share_sum AS (
    SELECT
        contract_id,
        transaction_id,
        count(*) AS share_count,
        sum(quantity) AS quantity,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.actual
    WHERE
        kind = 'unbilled_sales'
        AND billing_status <> 'canceled'
        AND reverses_actual_id IS NULL
        AND replaces_actual_id IS NULL
    GROUP BY contract_id, transaction_id
),

wrong AS (
    SELECT
        t.contract_id,
        t.contract_line_id,
        t.transaction_id,
        format(
            'the transaction says quantity %s, amount %s, tax %s; its %s shares come to %s, %s, %s',
            t.quantity, t.amount, t.tax_amount, s.share_count, s.quantity, s.amount, s.tax_amount
        ) AS message
    FROM invoicing.transaction AS t
    INNER JOIN share_sum AS s ON t.contract_id = s.contract_id AND t.transaction_id = s.transaction_id
    WHERE
        t.billing_status <> 'canceled'
        AND (t.quantity, t.amount, t.tax_amount) <> (s.quantity, s.amount, s.tax_amount)
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
    w.contract_line_id,
    w.transaction_id,
    w.message
FROM wrong AS w
INNER JOIN invoicing.actual AS a ON w.contract_id = a.contract_id AND w.transaction_id = a.transaction_id
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN other_date AS o ON a.contract_id = o.contract_id AND coalesce(d.invoice_id, a.invoice_id) = o.invoice_id
WHERE o.invoice_id IS NULL
ORDER BY w.contract_id ASC, w.transaction_id ASC
LIMIT :at_most
