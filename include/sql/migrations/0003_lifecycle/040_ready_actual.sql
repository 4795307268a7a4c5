-- What may be invoiced now: open shares of transactions and milestones that are ready, of a class that their line bills, and
-- on no live invoice.
CREATE VIEW invoicing.ready_actual AS
SELECT
    a.contract_id,
    a.actual_id,
    a.contract_line_id,
    a.customer_id,
    a.kind,
    a.transaction_date,
    a.billing_type,
    a.quantity,
    a.unit_price,
    a.amount,
    a.tax_amount
FROM invoicing.actual AS a
INNER JOIN invoicing.contract_line AS cl
    ON a.contract_id = cl.contract_id AND a.contract_line_id = cl.contract_line_id
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
WHERE
    a.billing_status = 'ready_to_invoice'
    AND d.actual_id IS NULL
    AND CASE
        WHEN a.kind = 'milestone' THEN cl.billing_method = 'fixed_price'
        WHEN a.kind <> 'unbilled_sales' OR cl.billing_method <> 'time_and_material' THEN FALSE
        WHEN a.transaction_class = 'time' THEN cl.includes_time
        WHEN a.transaction_class = 'expense' THEN cl.includes_expense
        WHEN a.transaction_class = 'material' THEN cl.includes_material
        WHEN a.transaction_class = 'fee' THEN cl.includes_fee
    END;
