-- Purpose: close what the drafts consumed: posted, and adjusted where the draft bills it otherwise. What was added by hand to a
-- time-and-material line becomes unbilled sales, of what its detail has become.
-- Parameters: contract_ids, invoice_ids.
-- Grain: actuals that details of manual and scheduled drafts consume.
-- May be repeated: no; the invoices are confirmed in the same transaction.
UPDATE invoicing.actual AS a
SET
    kind = s.kind,
    billing_type = s.billing_type,
    quantity = s.quantity,
    unit_price = s.unit_price,
    amount = s.amount,
    tax_amount = s.tax_amount,
    billing_status = 'invoice_posted',
    adjustment_status = s.adjustment_status,
    invoice_id = s.invoice_id
FROM (
    SELECT
        d.contract_id,
        d.actual_id,
        d.invoice_id,
        CASE WHEN c.kind = 'added' THEN d.billing_type ELSE c.billing_type END AS billing_type,
        CASE WHEN c.kind = 'added' THEN d.quantity ELSE c.quantity END AS quantity,
        CASE WHEN c.kind = 'added' THEN d.unit_price ELSE c.unit_price END AS unit_price,
        CASE WHEN c.kind = 'added' THEN d.amount ELSE c.amount END AS amount,
        CASE WHEN c.kind = 'added' THEN d.tax_amount ELSE c.tax_amount END AS tax_amount,
        CASE
            WHEN c.kind = 'added' AND cl.billing_method = 'time_and_material' THEN 'unbilled_sales' ELSE c.kind
        END AS kind,
        CASE
            WHEN
                c.kind = 'unbilled_sales'
                AND (d.quantity, d.unit_price, d.amount, d.billing_type)
                <> (c.quantity, c.unit_price, c.amount, c.billing_type) THEN 'adjusted'
        END AS adjustment_status
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.contract_line AS cl
        ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
    INNER JOIN invoicing.actual AS c ON d.contract_id = c.contract_id AND d.actual_id = c.actual_id
    WHERE
        i.contract_id = any(cast(:contract_ids AS text[]))
        AND i.invoice_id = any(cast(:invoice_ids AS uuid[]))
        AND i.origin <> 'corrective'
) AS s
WHERE
    a.contract_id = s.contract_id
    AND a.actual_id = s.actual_id
