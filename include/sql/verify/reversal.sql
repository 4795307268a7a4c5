-- Purpose: actuals that are not taken back as they must be: unbilled sales that are posted, and billed sales that are adjusted,
-- exactly once and in full, by a row that cannot be adjusted; everything else not at all.
-- Parameters: from_date, to_date (run dates of the invoices they name), at_most.
-- Grain: one row per actual; one that names no invoice belongs to every date.
-- May be repeated: reads only.
WITH reversal AS (
    SELECT
        contract_id,
        reverses_actual_id AS actual_id,
        count(*) AS reversals,
        sum(quantity) AS quantity,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount,
        bool_and(adjustment_status IS NOT DISTINCT FROM 'unadjustable') AS is_unadjustable
    FROM invoicing.actual
    WHERE reverses_actual_id IS NOT NULL
    GROUP BY contract_id, reverses_actual_id
),

compared AS (
    SELECT
        coalesce(a.contract_id, r.contract_id) AS contract_id,
        a.contract_line_id,
        coalesce(a.actual_id, r.actual_id) AS actual_id,
        a.transaction_id,
        a.milestone_id,
        a.invoice_id,
        a.quantity,
        a.amount,
        a.tax_amount,
        coalesce(r.reversals, 0) AS reversals,
        coalesce(r.quantity, 0) AS reversed_quantity,
        coalesce(r.amount, 0) AS reversed_amount,
        coalesce(r.tax_amount, 0) AS reversed_tax_amount,
        coalesce(r.is_unadjustable, TRUE) AS is_unadjustable,
        CASE
            WHEN a.reverses_actual_id IS NOT NULL THEN 0
            WHEN a.kind = 'unbilled_sales' AND a.billing_status = 'invoice_posted' THEN 1
            WHEN a.kind = 'billed_sales' AND a.adjustment_status IS NOT NULL THEN 1
            ELSE 0
        END AS right_reversals
    FROM invoicing.actual AS a
    FULL JOIN reversal AS r ON a.contract_id = r.contract_id AND a.actual_id = r.actual_id
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    c.contract_id,
    c.contract_line_id,
    c.actual_id,
    c.transaction_id,
    c.milestone_id,
    format(
        'an actual of %s, amount %s, tax %s, is taken back %s times, where it should be %s, with %s, %s, %s',
        c.quantity, c.amount, c.tax_amount, c.reversals, c.right_reversals,
        c.reversed_quantity, c.reversed_amount, c.reversed_tax_amount
    ) AS message
FROM compared AS c
LEFT JOIN other_date AS o ON c.contract_id = o.contract_id AND c.invoice_id = o.invoice_id
WHERE
    o.invoice_id IS NULL
    AND (
        c.reversals <> c.right_reversals
        OR NOT c.is_unadjustable
        OR (
            c.reversals = 1
            AND (-c.reversed_quantity, -c.reversed_amount, -c.reversed_tax_amount) <> (c.quantity, c.amount, c.tax_amount)
        )
    )
ORDER BY c.contract_id ASC, c.actual_id ASC
LIMIT :at_most
