-- Purpose: ready milestones that the run of their date must have invoiced and that are on no invoice, although the draft of
-- that date stands and nobody touched it. What was on a draft that somebody deleted since waits.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per share of a milestone.
-- May be repeated: reads only.
WITH ran AS (
    SELECT *
    FROM invoicing.schedule_row
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND source = 'milestone'
        AND run_status = 'run_successful'
        AND ran_at IS NOT NULL
),

deletion AS (
    SELECT
        ic.contract_id,
        max(ch.changed_at) AS latest_at
    FROM invoicing.invoice_change AS ic
    INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
    WHERE ic.action = 'deleted'
    GROUP BY ic.contract_id
)

SELECT
    b.contract_id,
    b.contract_line_id,
    i.invoice_id,
    b.billable_id AS actual_id,
    b.milestone_id,
    format(
        'a ready share of %s in a milestone was there when its date %s ran, and is on no invoice', b.amount, s.run_date
    ) AS message
FROM ran AS s
INNER JOIN invoicing.contract_line AS cl
    ON s.contract_id = cl.contract_id AND s.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.billable AS b
    ON s.contract_id = b.contract_id AND s.contract_line_id = b.contract_line_id AND s.source_id = b.milestone_id
INNER JOIN invoicing.change AS ch ON b.change_id = ch.change_id
INNER JOIN invoicing.invoice AS i
    ON b.contract_id = i.contract_id AND b.customer_id = i.customer_id AND s.run_date = i.run_date
LEFT JOIN deletion ON s.contract_id = deletion.contract_id AND s.ran_at <= deletion.latest_at
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
WHERE
    cl.billing_method = 'fixed_price'
    AND b.source = 'milestone'
    AND b.state = 'open'
    AND b.is_ready
    AND ch.changed_at < s.ran_at
    AND i.origin = 'scheduled'
    AND i.status = 'draft'
    AND NOT i.is_edited
    AND d.billable_id IS NULL
    AND deletion.contract_id IS NULL
ORDER BY b.contract_id ASC, b.billable_id ASC
LIMIT :at_most
