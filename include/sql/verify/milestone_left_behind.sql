-- Purpose: ready milestones that the run of their date must have invoiced and that are on no invoice, although the draft of
-- that date stands and nobody touched it.
-- Parameters: run_date (null: all; else milestones of that date), at_most.
-- Grain: one row per share of a milestone.
-- May be repeated: reads only.
SELECT
    m.contract_id,
    m.contract_line_id,
    a.actual_id,
    m.milestone_id,
    u.invoice_id,
    format(
        'a ready milestone share of %s was there when its date %s ran, and is on no invoice', a.amount, m.milestone_date
    ) AS message
FROM invoicing.milestone AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.actual AS a ON m.contract_id = a.contract_id AND m.milestone_id = a.milestone_id
INNER JOIN invoicing.untouched_draft AS u
    ON m.contract_id = u.contract_id AND a.customer_id = u.customer_id AND m.milestone_date = u.run_date
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
WHERE
    (CAST(:run_date AS date) IS NULL OR m.milestone_date = CAST(:run_date AS date))
    AND cl.billing_method = 'fixed_price'
    AND m.run_status = 'run_successful'
    AND a.kind = 'milestone'
    AND a.billing_status = 'ready_to_invoice'
    AND a.recorded_at < m.ran_at
    AND d.actual_id IS NULL
ORDER BY m.contract_id, a.actual_id
LIMIT :at_most
