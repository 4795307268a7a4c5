-- Purpose: an invoice as it stands, by its id or its number.
-- Parameters: invoice_id (null: not named by id), invoice_number (null: not named by number).
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    shown.contract_name,
    i.invoice_id,
    i.invoice_number,
    i.customer_id,
    shown.customer_name,
    i.currency,
    cu.decimals,
    i.run_date,
    i.origin,
    i.status,
    i.version,
    i.chargeable_amount,
    i.non_chargeable_amount,
    i.complimentary_amount,
    i.tax_amount,
    i.total_amount,
    i.corrects_invoice_id
FROM invoicing.invoice AS i
INNER JOIN analytics.invoices AS shown ON i.contract_id = shown.contract_id AND i.invoice_id = shown.invoice_id
INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
WHERE
    i.invoice_id = coalesce(
        cast(:invoice_id AS uuid),
        (
            SELECT n.invoice_id
            FROM invoicing.invoice_number AS n
            WHERE n.invoice_number = cast(:invoice_number AS text)
        )
    )
