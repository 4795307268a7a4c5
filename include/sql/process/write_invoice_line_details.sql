-- Purpose: the details of the drafts, each consuming its actual.
-- Parameters: run_id.
-- Grain: one detail per selected actual that is not on its draft yet. The joins are the check of both parents: a row whose
-- actual changed since it was selected is not written, and the step compares the count with the selection's.
-- May be repeated: no row is written twice (primary key); a concurrent second invoice for an actual fails whole.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    a.contract_id,
    a.actual_id,
    l.invoice_id,
    a.contract_line_id,
    a.billing_type,
    a.quantity,
    a.unit_price,
    a.amount,
    a.tax_amount
FROM invoicing.run_selection AS s
INNER JOIN invoicing.run_invoice_line AS l
    ON
        s.contract_id = l.contract_id
        AND s.contract_line_id = l.contract_line_id
        AND s.customer_id = l.customer_id
        AND s.run_date = l.run_date
        AND s.run_id = l.run_id
INNER JOIN invoicing.actual AS a ON s.contract_id = a.contract_id AND s.actual_id = a.actual_id
WHERE
    s.run_id = :run_id
    AND s.reason = 'invoiced'
    AND NOT s.already_drafted
    AND a.billing_status = 'ready_to_invoice'
    AND a.contract_line_id = s.contract_line_id
    AND a.customer_id = s.customer_id
    AND a.billing_type = s.billing_type
    AND a.amount = s.amount
    AND a.tax_amount = s.tax_amount
