-- Purpose: the details of the drafts, each consuming its actual.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: one detail per selected actual that is not on its draft yet. Actuals are never deleted (migration 320), so one that
-- was selected exists; close_run counts them again, and finds any that changed meanwhile.
-- May be repeated: no row is written twice (primary key); a concurrent second invoice for an actual fails whole.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    s.contract_id,
    s.actual_id,
    l.invoice_id,
    s.contract_line_id,
    s.billing_type,
    s.quantity,
    s.unit_price,
    s.amount,
    s.tax_amount
FROM invoicing.run_selection AS s
INNER JOIN invoicing.run_invoice_line AS l
    ON
        s.contract_id = l.contract_id
        AND s.contract_line_id = l.contract_line_id
        AND s.customer_id = l.customer_id
        AND s.run_date = l.run_date
        AND s.run_id = l.run_id
WHERE
    s.run_id = :run_id
    AND s.slot BETWEEN :first_slot AND :last_slot
    AND s.reason = 'invoiced'
    AND NOT s.already_drafted
