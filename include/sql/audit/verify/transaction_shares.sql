-- Purpose: transactions whose shares do not come to exactly what the transaction says. Canceled shares count for nothing; of one that
-- was billed counts what the source says since. A transaction without any share has a line without customers, which the
-- exceptions report.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH share_sum AS (
    SELECT
        b.contract_id,
        b.transaction_id,
        count(*) AS share_count,
        sum(coalesce(later.quantity, b.quantity)) AS quantity,
        sum(coalesce(later.amount, b.amount)) AS amount,
        sum(coalesce(later.tax_amount, b.tax_amount)) AS tax_amount
    FROM invoicing.billable AS b
    LEFT JOIN invoicing.later_share AS later ON b.contract_id = later.contract_id AND b.billable_id = later.billable_id
    WHERE
        b.source = 'transaction'
        AND b.part = 1
        AND coalesce(later.state, b.state) <> 'canceled'
    GROUP BY b.contract_id, b.transaction_id
),

-- Looked up once, before anything is joined to it.
wrong AS MATERIALIZED (
    SELECT
        t.contract_id,
        t.contract_line_id,
        t.transaction_id,
        format(
            'the transaction says quantity %s, amount %s, tax %s; its %s shares come to %s, %s, %s',
            t.quantity, t.amount, t.tax_amount,
            share_sum.share_count, share_sum.quantity, share_sum.amount, share_sum.tax_amount
        ) AS message
    FROM invoicing.transaction AS t
    INNER JOIN share_sum ON t.contract_id = share_sum.contract_id AND t.transaction_id = share_sum.transaction_id
    WHERE
        t.billing_status <> 'canceled'
        AND (t.quantity, t.amount, t.tax_amount) <> (share_sum.quantity, share_sum.amount, share_sum.tax_amount)
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
    wrong.contract_line_id,
    wrong.transaction_id,
    wrong.message
FROM wrong
INNER JOIN invoicing.billable AS b ON wrong.contract_id = b.contract_id AND wrong.transaction_id = b.transaction_id
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN other_date ON d.contract_id = other_date.contract_id AND d.invoice_id = other_date.invoice_id
WHERE other_date.invoice_id IS NULL
ORDER BY wrong.contract_id ASC, wrong.transaction_id ASC
LIMIT :at_most
