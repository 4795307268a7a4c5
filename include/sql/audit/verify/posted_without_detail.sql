-- Purpose: what says that a confirmed invoice consumed it, and no confirmed detail does: shares that are billed, and postings, each of
-- which is of one detail. So billed sales are taken back by the invoice that corrects them, and by nothing else.
-- Parameters: from_date, to_date (run dates of the invoices they name), at_most.
-- Grain: one row per share or posting; one that names no invoice belongs to every date.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        d.contract_id,
        d.billable_id,
        d.invoice_id,
        b.corrects_actual_id
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    WHERE d.is_confirmed
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    b.contract_id,
    b.contract_line_id,
    cast(b.billable_id AS text) AS actual_id,
    b.transaction_id,
    b.milestone_id,
    format('a share of %s is invoice_posted, and on no confirmed invoice', b.amount) AS message
FROM invoicing.billable AS b
LEFT JOIN confirmed ON b.contract_id = confirmed.contract_id AND b.billable_id = confirmed.billable_id
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN other_date ON d.contract_id = other_date.contract_id AND d.invoice_id = other_date.invoice_id
WHERE
    b.state = 'billed'
    AND confirmed.billable_id IS NULL
    AND other_date.invoice_id IS NULL
UNION ALL
SELECT
    p.contract_id,
    p.contract_line_id,
    p.actual_id,
    p.transaction_id,
    p.milestone_id,
    CASE
        WHEN confirmed.billable_id IS NULL THEN format('a posting of %s is of no confirmed detail', p.amount)
        ELSE format('billed sales of %s are adjusted, and no confirmed invoice corrects them', -p.amount)
    END AS message
FROM invoicing.posting AS p
LEFT JOIN confirmed
    ON
        p.contract_id = confirmed.contract_id
        AND p.billable_id = confirmed.billable_id
        AND p.invoice_id = confirmed.invoice_id
LEFT JOIN other_date ON p.contract_id = other_date.contract_id AND p.invoice_id = other_date.invoice_id
WHERE
    other_date.invoice_id IS NULL
    AND (
        confirmed.billable_id IS NULL
        OR (
            p.kind = 'billed_sales'
            AND p.reverses_actual_id IS NOT NULL
            AND p.reverses_actual_id IS DISTINCT FROM confirmed.corrects_actual_id
        )
    )
ORDER BY contract_id ASC, actual_id ASC
LIMIT :at_most
