-- Purpose: details that bill otherwise than what they consume, on invoices that nobody edited. Where a load has changed the source since
-- the draft was written, taken_share says what the draft took; where a confirmation met a difference, it has posted it.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH unedited AS (
    SELECT
        contract_id,
        invoice_id,
        status IN ('confirmed', 'paid') AS is_confirmed
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND origin <> 'corrective'
        AND NOT is_edited
),

replaced AS (
    SELECT
        contract_id,
        billable_id
    FROM invoicing.posting
    WHERE
        kind = 'unbilled_sales'
        AND replaces_actual_id = cast(billable_id AS text)
    GROUP BY contract_id, billable_id
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    b.transaction_id,
    b.milestone_id,
    format(
        'the detail says line %s, %s, %s at %s, amount %s, tax %s; its actual says line %s, %s, %s at %s, amount %s, tax %s',
        d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount,
        coalesce(ts.contract_line_id, b.contract_line_id), coalesce(ts.billing_type, b.billing_type),
        coalesce(ts.quantity, b.quantity), coalesce(ts.unit_price, b.unit_price), coalesce(ts.amount, b.amount),
        coalesce(ts.tax_amount, b.tax_amount)
    ) AS message
FROM unedited AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
LEFT JOIN invoicing.taken_share AS ts ON d.contract_id = ts.contract_id AND d.billable_id = ts.billable_id
LEFT JOIN replaced ON d.contract_id = replaced.contract_id AND d.billable_id = replaced.billable_id
WHERE
    (d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount)
    <> (
        coalesce(ts.contract_line_id, b.contract_line_id), coalesce(ts.billing_type, b.billing_type),
        coalesce(ts.quantity, b.quantity), coalesce(ts.unit_price, b.unit_price), coalesce(ts.amount, b.amount),
        coalesce(ts.tax_amount, b.tax_amount)
    )
    AND NOT (i.is_confirmed AND replaced.billable_id IS NOT NULL)
ORDER BY d.contract_id ASC, d.billable_id ASC
LIMIT :at_most
