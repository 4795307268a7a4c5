-- Purpose: the ready milestones of the due fixed-price lines, each on its date, or late on the contract's next run date.
-- Parameters: run_id, late_milestones (report: only on their date; bill: also on the oldest due run date after it).
-- Grain: one row per milestone share that goes onto an invoice, in run_selection.
-- May be repeated: on an emptied run_selection, yes.
INSERT INTO invoicing.run_selection (
    run_id, contract_id, contract_line_id, actual_id, customer_id, run_date, reason, is_milestone, already_drafted,
    billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    :run_id,
    a.contract_id,
    a.contract_line_id,
    a.actual_id,
    a.customer_id,
    l.run_date,
    'invoiced' AS reason,
    true AS is_milestone,
    coalesce(
        i.run_date = l.run_date
        AND d.amount = a.amount AND d.tax_amount = a.tax_amount AND d.billing_type = a.billing_type,
        false
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
LEFT JOIN invoicing.run_due_line AS older
    ON
        l.contract_id = older.contract_id
        AND l.contract_line_id = older.contract_line_id
        AND l.run_date > older.run_date
        AND a.transaction_date <= older.run_date
        AND older.run_id = :run_id
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN invoicing.untouched_draft AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
LEFT JOIN invoicing.run_due_line AS il
    ON
        d.contract_id = il.contract_id
        AND d.contract_line_id = il.contract_line_id
        AND i.run_date = il.run_date
        AND il.run_id = :run_id
LEFT JOIN invoicing.invoice AS standing
    ON
        a.contract_id = standing.contract_id
        AND a.customer_id = standing.customer_id
        AND l.run_date = standing.run_date
        AND standing.origin = 'scheduled'
LEFT JOIN invoicing.untouched_draft AS own
    ON standing.contract_id = own.contract_id AND standing.invoice_id = own.invoice_id
WHERE
    l.run_id = :run_id
    AND NOT l.quarantined
    AND cl.billing_method = 'fixed_price'
    AND a.kind = 'milestone'
    AND a.billing_status = 'ready_to_invoice'
    AND (l.run_date = a.transaction_date OR CAST(:late_milestones AS text) = 'bill')
    AND older.contract_id IS NULL
    AND (standing.invoice_id IS NULL OR own.invoice_id IS NOT NULL)
    AND (d.actual_id IS NULL OR il.run_id IS NOT NULL)
