-- Purpose: actuals that are not taken back as they must be: unbilled sales that are billed or posted, and billed sales that a confirmed
-- correction claims, exactly once and in full; everything else not at all.
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
        sum(tax_amount) AS tax_amount
    FROM invoicing.posting
    WHERE reverses_actual_id IS NOT NULL
    GROUP BY contract_id, reverses_actual_id
),

compared AS (
    SELECT
        b.contract_id,
        b.contract_line_id,
        cast(b.billable_id AS text) AS actual_id,
        b.transaction_id,
        b.milestone_id,
        d.invoice_id,
        b.quantity,
        b.amount,
        b.tax_amount,
        reversal.reversals,
        reversal.quantity AS reversed_quantity,
        reversal.amount AS reversed_amount,
        reversal.tax_amount AS reversed_tax_amount,
        1 AS right_reversals
    FROM invoicing.billable AS b
    LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    LEFT JOIN reversal ON b.contract_id = reversal.contract_id AND cast(b.billable_id AS text) = reversal.actual_id
    WHERE
        b.is_sale
        AND b.state = 'billed'
    UNION ALL
    SELECT
        p.contract_id,
        p.contract_line_id,
        p.actual_id,
        p.transaction_id,
        p.milestone_id,
        p.invoice_id,
        p.quantity,
        p.amount,
        p.tax_amount,
        reversal.reversals,
        reversal.quantity AS reversed_quantity,
        reversal.amount AS reversed_amount,
        reversal.tax_amount AS reversed_tax_amount,
        CASE
            WHEN p.reverses_actual_id IS NOT NULL THEN 0
            WHEN p.kind = 'unbilled_sales' OR claim.billable_id IS NOT NULL THEN 1
            ELSE 0
        END AS right_reversals
    FROM invoicing.posting AS p
    LEFT JOIN reversal ON p.contract_id = reversal.contract_id AND p.actual_id = reversal.actual_id
    LEFT JOIN invoicing.billable AS claim
        ON
            p.contract_id = claim.contract_id
            AND p.actual_id = claim.corrects_actual_id
            AND claim.source = 'correction'
            AND claim.state = 'billed'
    UNION ALL
    SELECT
        reversal.contract_id,
        NULL AS contract_line_id,
        reversal.actual_id,
        NULL AS transaction_id,
        NULL AS milestone_id,
        NULL AS invoice_id,
        0 AS quantity,
        0 AS amount,
        0 AS tax_amount,
        reversal.reversals,
        reversal.quantity AS reversed_quantity,
        reversal.amount AS reversed_amount,
        reversal.tax_amount AS reversed_tax_amount,
        0 AS right_reversals
    FROM reversal
    LEFT JOIN invoicing.billable AS b
        ON
            reversal.contract_id = b.contract_id
            AND reversal.actual_id = cast(b.billable_id AS text)
            AND b.is_sale
            AND b.state = 'billed'
    LEFT JOIN invoicing.posting AS p ON reversal.contract_id = p.contract_id AND reversal.actual_id = p.actual_id
    WHERE
        b.billable_id IS NULL
        AND p.actual_id IS NULL
),

-- Looked up once, before anything is joined to it.
wrong AS MATERIALIZED (
    SELECT *
    FROM compared
    WHERE
        coalesce(reversals, 0) <> right_reversals
        OR (-reversed_quantity, -reversed_amount, -reversed_tax_amount) <> (quantity, amount, tax_amount)
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    wrong.contract_id,
    wrong.contract_line_id,
    wrong.actual_id,
    wrong.transaction_id,
    wrong.milestone_id,
    format(
        'an actual of %s, amount %s, tax %s, is taken back %s times, where it should be %s, with %s, %s, %s',
        wrong.quantity, wrong.amount, wrong.tax_amount, coalesce(wrong.reversals, 0), wrong.right_reversals,
        wrong.reversed_quantity, wrong.reversed_amount, wrong.reversed_tax_amount
    ) AS message
FROM wrong
LEFT JOIN other_date ON wrong.contract_id = other_date.contract_id AND wrong.invoice_id = other_date.invoice_id
WHERE other_date.invoice_id IS NULL
ORDER BY wrong.contract_id ASC, wrong.actual_id ASC
LIMIT :at_most
