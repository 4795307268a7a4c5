-- Purpose: details of confirmed invoices whose source is not closed as their confirmation closes it: what they bill is billed, and
-- posted anew where the detail bills it otherwise; what a correction takes back are billed sales of the invoice it corrects.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        contract_id,
        invoice_id,
        origin,
        corrects_invoice_id
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status IN ('confirmed', 'paid')
),

-- The confirmation of a detail takes back what a correction consumes, and puts other unbilled sales in the place of a sale.
adjusted AS (
    SELECT
        contract_id,
        billable_id,
        bool_or(kind = 'billed_sales' AND reverses_actual_id IS NOT NULL) AS is_taken_back,
        bool_or(kind = 'unbilled_sales' AND replaces_actual_id = cast(billable_id AS text)) AS is_replaced
    FROM invoicing.posting
    GROUP BY contract_id, billable_id
),

compared AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        d.billable_id AS detail_id,
        b.transaction_id,
        b.milestone_id,
        d.amount,
        b.source,
        b.state,
        corrected.invoice_id AS corrected_invoice_id,
        i.corrects_invoice_id,
        CASE
            WHEN i.origin = 'corrective'
                THEN b.source = 'correction' AND (corrected.invoice_id = i.corrects_invoice_id) IS TRUE
            ELSE b.source <> 'correction'
        END AS is_source,
        coalesce(CASE WHEN i.origin = 'corrective' THEN adjusted.is_taken_back ELSE adjusted.is_replaced END, FALSE)
            AS is_adjusted,
        CASE
            WHEN i.origin = 'corrective' THEN TRUE
            WHEN b.is_sale
                THEN (d.quantity, d.unit_price, d.amount, d.billing_type) <> (b.quantity, b.unit_price, b.amount, b.billing_type)
            ELSE FALSE
        END AS should_be_adjusted
    FROM confirmed AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    LEFT JOIN adjusted ON d.contract_id = adjusted.contract_id AND d.billable_id = adjusted.billable_id
    LEFT JOIN invoicing.posting AS corrected
        ON
            b.contract_id = corrected.contract_id
            AND b.corrects_actual_id = corrected.actual_id
            AND corrected.posting IN ('billed', 'billed_only')
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    detail_id,
    transaction_id,
    milestone_id,
    format(
        'a detail of %s is confirmed on invoice %s, which corrects %s; its source is a %s, %s, %s, of invoice %s, and should be %s',
        amount, invoice_id, corrects_invoice_id, source, state, CASE WHEN is_adjusted THEN 'adjusted' ELSE 'not adjusted' END,
        corrected_invoice_id, CASE WHEN should_be_adjusted THEN 'adjusted' ELSE 'not adjusted' END
    ) AS message
FROM compared
WHERE
    NOT is_source
    OR state <> 'billed'
    OR is_adjusted <> should_be_adjusted
ORDER BY contract_id ASC, detail_id ASC
LIMIT :at_most
