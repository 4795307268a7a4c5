-- Purpose: confirmed details whose quantity was not conserved by the postings of their confirmation: those of a draft come to nothing,
-- or to what the detail raised; those of a correction to what it bills less of, which is given back beside (share_quantity,
-- entry_quantity). What has no unbilled sales before, a milestone or an entry by hand, comes to what is billed.
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

posted AS (
    SELECT
        contract_id,
        billable_id,
        sum(quantity) AS quantity
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
        d.quantity,
        b.quantity AS source_quantity,
        coalesce(posted.quantity, 0) AS posted_quantity,
        CASE
            WHEN b.source = 'correction' THEN d.quantity - b.quantity
            WHEN NOT b.is_sale THEN d.quantity
            WHEN abs(d.quantity) > abs(b.quantity) THEN d.quantity - b.quantity
            ELSE 0
        END AS right_quantity
    FROM confirmed AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    LEFT JOIN posted ON d.contract_id = posted.contract_id AND d.billable_id = posted.billable_id
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    detail_id,
    transaction_id,
    milestone_id,
    format(
        'the detail bills %s of %s; the actuals that it wrote come to %s, and should come to %s',
        quantity, source_quantity, posted_quantity, right_quantity
    ) AS message
FROM compared
WHERE posted_quantity <> right_quantity
ORDER BY contract_id ASC, detail_id ASC
LIMIT :at_most
