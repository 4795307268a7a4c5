-- Purpose: confirmed details whose quantity was not conserved by the actuals that their confirmation wrote: those come to
-- nothing, or to what the detail raised, or to what a partial credit of a fee gave away. Fixed price has no unbilled sales: a
-- draft writes what it bills, and a credit of what was added by hand gives it away.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status IN ('confirmed', 'paid')
),

written AS (
    SELECT
        contract_id,
        detail_id,
        sum(quantity) AS quantity
    FROM invoicing.actual
    WHERE posting IS NOT NULL
    GROUP BY contract_id, detail_id
),

compared AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        d.actual_id,
        s.transaction_id,
        s.milestone_id,
        d.quantity,
        s.quantity AS source_quantity,
        coalesce(w.quantity, 0) AS written_quantity,
        CASE
            WHEN s.kind IN ('milestone', 'added') THEN d.quantity
            WHEN s.transaction_class = 'milestone' THEN 0
            WHEN s.posting = 'billed_only' THEN -s.quantity
            WHEN abs(d.quantity) > abs(s.quantity) THEN d.quantity - s.quantity
            WHEN s.kind = 'billed_sales' AND s.transaction_class = 'fee' AND d.quantity <> 0 THEN d.quantity - s.quantity
            ELSE 0
        END AS right_quantity
    FROM confirmed AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.actual AS s ON d.contract_id = s.contract_id AND d.actual_id = s.actual_id
    LEFT JOIN written AS w ON d.contract_id = w.contract_id AND d.actual_id = w.detail_id
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    actual_id,
    transaction_id,
    milestone_id,
    format(
        'the detail bills %s of %s; the actuals that it wrote come to %s, and should come to %s',
        quantity, source_quantity, written_quantity, right_quantity
    ) AS message
FROM compared
WHERE written_quantity <> right_quantity
ORDER BY contract_id ASC, actual_id ASC
LIMIT :at_most
