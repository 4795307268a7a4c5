-- Purpose: actuals that say that a confirmed invoice consumed them, and no confirmed detail does: shares that are posted, and
-- billed sales that are adjusted. What else a confirmation writes is consumed by nobody.
-- Parameters: from_date, to_date (run dates of the invoices they name), at_most.
-- Grain: one row per actual; one that names no invoice belongs to every date.
-- May be repeated: reads only.
WITH consumed AS (
    SELECT
        contract_id,
        actual_id
    FROM invoicing.invoice_line_detail
    WHERE confirmed
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.transaction_id,
    a.milestone_id,
    CASE
        WHEN a.kind = 'billed_sales' THEN format('billed sales of %s are adjusted, and no confirmed invoice corrects them', a.amount)
        ELSE format('a share of %s is invoice_posted, and on no confirmed invoice', a.amount)
    END AS message
FROM invoicing.actual AS a
LEFT JOIN consumed AS c ON a.contract_id = c.contract_id AND a.actual_id = c.actual_id
LEFT JOIN other_date AS o ON a.contract_id = o.contract_id AND a.invoice_id = o.invoice_id
WHERE
    CASE
        WHEN a.posting IN ('billed', 'billed_only') THEN a.adjustment_status = 'adjusted'
        WHEN a.posting IS NULL OR a.posting IN ('remainder', 'ready_again') THEN a.billing_status = 'invoice_posted'
    END
    AND c.actual_id IS NULL
    AND o.invoice_id IS NULL
ORDER BY a.contract_id ASC, a.actual_id ASC
LIMIT :at_most
