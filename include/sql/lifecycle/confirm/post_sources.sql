-- Purpose: close what the drafts consumed: posted, and adjusted where the draft bills it otherwise. What was added by hand to a
-- time-and-material line becomes unbilled sales.
-- Parameters: contract_ids, invoice_ids.
-- Grain: actuals that details of manual and scheduled drafts consume.
-- May be repeated: no; the invoices are confirmed in the same transaction.
UPDATE invoicing.actual AS a
SET
    kind = s.kind,
    billing_status = 'invoice_posted',
    adjustment_status = s.adjustment_status,
    invoice_id = s.invoice_id
FROM (
    SELECT
        d.contract_id,
        d.actual_id,
        d.invoice_id,
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
