-- Purpose: say of every open unbilled sales actual of the due lines what becomes of it, and why.
-- Parameters: run_id.
-- Grain: one row per open unbilled sales actual of a due line in run_selection. The due rows of a line split the
-- calendar between them, so that each actual meets exactly one: the oldest row that admits it.
-- May be repeated: on an emptied run_selection, yes. reroute_transactions follows it.
INSERT INTO invoicing.run_selection (
    run_id, contract_id, contract_line_id, actual_id, customer_id, run_date, reason, is_milestone, already_drafted,
    billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    :run_id AS run_id,
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.customer_id,
    l.run_date,
    cast(CASE
        WHEN d.actual_id IS NOT NULL AND held.run_id IS NULL THEN 'on_a_draft'
        WHEN l.quarantined THEN 'quarantined'
        WHEN cl.billing_method <> 'time_and_material' THEN 'class_not_included'
        WHEN a.transaction_class = 'time' AND NOT cl.includes_time THEN 'class_not_included'
        WHEN a.transaction_class = 'expense' AND NOT cl.includes_expense THEN 'class_not_included'
        WHEN a.transaction_class = 'material' AND NOT cl.includes_material THEN 'class_not_included'
        WHEN a.transaction_class = 'fee' AND NOT cl.includes_fee THEN 'class_not_included'
        WHEN a.billing_status = 'unbilled' THEN 'not_ready'
        WHEN a.transaction_date > l.transaction_cutoff_date THEN 'after_cutoff'
        WHEN t.contract_id IS NOT NULL THEN 'on_a_draft'
        ELSE 'invoiced'
    END AS invoicing.accounting_reason) AS reason,
    FALSE AS is_milestone,
    coalesce(
        held.run_date = l.run_date AND u.customer_id = a.customer_id
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
        AND l.takes_after < a.transaction_date
        AND l.takes_until >= a.transaction_date
-- What a draft holds that nobody touched, of a line and run date that are due in this run, is free: it is derived afresh.
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN invoicing.untouched_draft AS u ON d.contract_id = u.contract_id AND d.invoice_id = u.invoice_id
LEFT JOIN invoicing.run_due_line AS held
    ON
        d.contract_id = held.contract_id
        AND d.contract_line_id = held.contract_line_id
        AND u.run_date = held.run_date
        AND held.run_id = :run_id
LEFT JOIN invoicing.touched_invoice AS t
    ON a.contract_id = t.contract_id AND a.customer_id = t.customer_id AND l.run_date = t.run_date
WHERE
    l.run_id = :run_id
    AND a.kind = 'unbilled_sales'
    AND a.billing_status IN ('unbilled', 'ready_to_invoice')
