-- Purpose: milestones that would bill otherwise than an invoice which already holds them.
-- Parameters: listed (at most so many rows).
-- Grain: one row per changed milestone; problems counts all of them.
-- May be repeated: reads only.
SELECT
    found.file_line,
    found.contract_id,
    found.milestone_id,
    found.invoice_id,
    found.run_date,
    found.status,
    count(*) OVER () AS problems
FROM (
    SELECT DISTINCT ON (changed.contract_id, changed.milestone_id)
        changed.file_line,
        changed.contract_id,
        changed.milestone_id,
        invoice.invoice_id,
        invoice.run_date,
        invoice.status
    FROM invoicing.actual AS recorded
    INNER JOIN pg_temp.changed_milestones AS changed
        ON recorded.contract_id = changed.contract_id AND recorded.milestone_id = changed.milestone_id
    LEFT JOIN invoicing.invoice_line_detail AS detail
        ON recorded.contract_id = detail.contract_id AND recorded.actual_id = detail.actual_id
    LEFT JOIN invoicing.invoice AS invoice
        ON recorded.contract_id = invoice.contract_id AND coalesce(detail.invoice_id, recorded.invoice_id) = invoice.invoice_id
    WHERE
        changed.difference = 'rebilled'
        AND recorded.kind = 'milestone'
        AND (detail.actual_id IS NOT NULL OR recorded.billing_status = 'invoice_posted')
    ORDER BY changed.contract_id ASC, changed.milestone_id ASC, recorded.customer_id ASC
) AS found
ORDER BY found.file_line ASC
LIMIT :listed
