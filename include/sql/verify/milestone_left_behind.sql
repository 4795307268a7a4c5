-- Purpose: ready milestones that the run of their date must have invoiced and that are on no invoice, although the draft of
-- that date stands and nobody touched it.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per share of a milestone.
-- May be repeated: reads only.
WITH ran AS (
    SELECT *
    FROM invoicing.milestone
    WHERE
        milestone_date BETWEEN :from_date AND :to_date
        AND run_status = 'run_successful'
        AND ran_at IS NOT NULL
)

SELECT
    m.contract_id,
    m.contract_line_id,
    u.invoice_id,
    a.actual_id,
    m.milestone_id,
    format(
        'a ready share of %s in a milestone was there when its date %s ran, and is on no invoice', a.amount, m.milestone_date
    ) AS message
FROM ran AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.actual AS a ON m.contract_id = a.contract_id AND m.milestone_id = a.milestone_id
INNER JOIN invoicing.untouched_draft AS u
    ON a.contract_id = u.contract_id AND a.customer_id = u.customer_id AND m.milestone_date = u.run_date
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
WHERE
    cl.billing_method = 'fixed_price'
    AND a.kind = 'milestone'
    AND a.billing_status = 'ready_to_invoice'
    AND a.recorded_at < m.ran_at
    AND d.actual_id IS NULL
ORDER BY m.contract_id ASC, a.actual_id ASC
LIMIT :at_most
