-- Purpose: transactions whose shares do not come to exactly what the transaction says. Canceled shares count for nothing;
-- a transaction without any share has a line without customers, which the exceptions report.
-- Parameters: run_date (null: all; else those with a share on one of its invoices), at_most.
-- Grain: one row per transaction.
-- May be repeated: reads only.
SELECT
    t.contract_id,
    t.contract_line_id,
    t.transaction_id,
    format(
        'the transaction says quantity %s, amount %s, tax %s; its %s shares come to %s, %s, %s',
        t.quantity, t.amount, t.tax_amount, share.shares, share.quantity, share.amount, share.tax_amount
    ) AS message
FROM invoicing.transaction AS t
INNER JOIN (
    SELECT
        contract_id,
        transaction_id,
        count(*) AS shares,
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
) AS share ON t.contract_id = share.contract_id AND t.transaction_id = share.transaction_id
WHERE
    t.billing_status <> 'canceled'
    AND (t.quantity, t.amount, t.tax_amount) IS DISTINCT FROM (share.quantity, share.amount, share.tax_amount)
    AND (
        CAST(:run_date AS date) IS NULL
        OR (t.contract_id, t.transaction_id) IN (
            SELECT
                a.contract_id,
                a.transaction_id
            FROM invoicing.invoice AS i
            INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
            INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
            WHERE i.run_date = CAST(:run_date AS date)
        )
    )
ORDER BY t.contract_id, t.transaction_id
LIMIT :at_most
