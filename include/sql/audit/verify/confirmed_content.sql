-- Purpose: confirmed invoices whose content is not the one that their confirmation sealed. What their content is stands here once more,
-- column by column: a function of whole rows is not known to the nodes of a cluster.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.invoice_number,
        i.seal,
        cast(
            row(
                i.contract_id, i.customer_id, i.currency, i.run_date - date '2000-01-01', i.origin, i.invoice_number, i.corrects_invoice_id,
                i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount,
                i.retainer_applied_amount, i.contract_name, i.customer_name
            ) AS text
        ) AS content
    FROM invoicing.invoice AS i
    WHERE
        i.run_date BETWEEN :from_date AND :to_date
        AND i.status IN ('confirmed', 'paid')
),

detail AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        string_agg(
            cast(
                row(
                    d.billable_id, d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount,
                    d.original_quantity, d.description, d.role_id, d.resource_id
                ) AS text
            ),
            '' ORDER BY d.billable_id ASC
        ) AS content
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN confirmed AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    GROUP BY d.contract_id, d.invoice_id
),

posted AS (
    SELECT
        p.contract_id,
        p.invoice_id,
        string_agg(
            cast(
                row(
                    p.billable_id, p.posting, p.kind, p.contract_line_id, p.customer_id, p.currency, p.transaction_id,
                    p.milestone_id, p.transaction_class, p.transaction_date - date '2000-01-01',
                    p.accounting_date - date '2000-01-01', p.billing_type, p.quantity,
                    p.unit_price, p.amount, p.tax_amount, p.reverses_actual_id, p.replaces_actual_id
                ) AS text
            ),
            '' ORDER BY p.billable_id ASC, p.posting ASC
        ) AS content
    FROM invoicing.posting AS p
    INNER JOIN confirmed AS i ON p.contract_id = i.contract_id AND p.invoice_id = i.invoice_id
    GROUP BY p.contract_id, p.invoice_id
),

compared AS (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.invoice_number,
        i.seal,
        md5(i.content || coalesce(detail.content, '') || coalesce(posted.content, '')) AS found_seal
    FROM confirmed AS i
    LEFT JOIN detail ON i.contract_id = detail.contract_id AND i.invoice_id = detail.invoice_id
    LEFT JOIN posted ON i.contract_id = posted.contract_id AND i.invoice_id = posted.invoice_id
)

SELECT
    contract_id,
    invoice_id,
    format(
        'what invoice %s, its details or its actuals say has changed since it was confirmed: hash %s was sealed, %s is found',
        invoice_number, seal, found_seal
    ) AS message
FROM compared
WHERE seal IS DISTINCT FROM found_seal
ORDER BY contract_id ASC, invoice_id ASC
LIMIT :at_most
