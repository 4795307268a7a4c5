-- Purpose: the ready milestones of the due fixed-price lines, each on its date; with `bill` also late, on the oldest due run
-- date after it. Of the run dates that could take a milestone, those whose invoice somebody touched are left out.
-- Parameters: run_id, late_milestones (report, bill).
-- Grain: one row per milestone share that goes onto an invoice, in run_selection.
-- May be repeated: on an emptied run_selection, yes.
INSERT INTO invoicing.run_selection (
    run_id, contract_id, contract_line_id, actual_id, customer_id, run_date, reason, is_milestone, already_drafted,
    billing_type, quantity, unit_price, amount, tax_amount
)
SELECT DISTINCT ON (a.contract_id, a.actual_id)
    l.run_id,
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.customer_id,
    l.run_date,
    cast('invoiced' AS invoicing.accounting_reason) AS reason,
    TRUE AS is_milestone,
    coalesce(
        draft.run_date = l.run_date AND draft.customer_id = a.customer_id
        AND (d.quantity, d.unit_price, d.amount, d.tax_amount, d.billing_type)
        = (a.quantity, a.unit_price, a.amount, a.tax_amount, a.billing_type),
        FALSE
    ) AS already_drafted,
    a.billing_type,
    a.quantity,
    a.unit_price,
    a.amount,
    a.tax_amount
FROM invoicing.run_due_line AS l
INNER JOIN invoicing.contract_line AS cl
    ON l.contract_id = cl.contract_id AND l.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.actual AS a
    ON
        l.contract_id = a.contract_id
        AND l.contract_line_id = a.contract_line_id
        AND l.run_date >= a.transaction_date
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN invoicing.untouched_draft AS draft ON d.contract_id = draft.contract_id AND d.invoice_id = draft.invoice_id
LEFT JOIN invoicing.run_due_line AS held
    ON
        d.contract_id = held.contract_id
        AND d.contract_line_id = held.contract_line_id
        AND draft.run_date = held.run_date
        AND held.run_id = :run_id
LEFT JOIN invoicing.touched_invoice AS t
    ON a.contract_id = t.contract_id AND a.customer_id = t.customer_id AND l.run_date = t.run_date
WHERE
    l.run_id = :run_id
    AND NOT l.quarantined
    AND cl.billing_method = 'fixed_price'
    AND a.kind = 'milestone'
    AND a.billing_status = 'ready_to_invoice'
    AND (l.run_date = a.transaction_date OR cast(:late_milestones AS text) = 'bill')
    AND t.invoice_id IS NULL
    AND (d.actual_id IS NULL OR held.contract_id IS NOT NULL)
ORDER BY a.contract_id, a.actual_id, l.run_date
