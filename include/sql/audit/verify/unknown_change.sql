-- Purpose: rows that name a change which is not there, so that nobody can say who wrote them and when.
-- Parameters: at_most (of no date: what nobody wrote belongs to none).
-- Grain: one row per change and table.
-- May be repeated: reads only.
WITH named AS (
    SELECT DISTINCT
        'billables' AS rows_of,
        change_id
    FROM invoicing.billable
    UNION ALL
    SELECT DISTINCT
        'later shares' AS rows_of,
        change_id
    FROM invoicing.later_share
    UNION ALL
    SELECT DISTINCT
        'postings' AS rows_of,
        change_id
    FROM invoicing.posting
    UNION ALL
    SELECT DISTINCT
        'invoices' AS rows_of,
        version AS change_id
    FROM invoicing.invoice
    UNION ALL
    SELECT DISTINCT
        'changes of invoices' AS rows_of,
        change_id
    FROM invoicing.invoice_change
    UNION ALL
    SELECT DISTINCT
        'invoice numbers' AS rows_of,
        change_id
    FROM invoicing.invoice_number
    UNION ALL
    SELECT
        'approvals' AS rows_of,
        change_id
    FROM invoicing.approval
    UNION ALL
    SELECT
        'answers' AS rows_of,
        answer_change_id AS change_id
    FROM invoicing.approval
    WHERE answer_change_id IS NOT NULL
)

SELECT
    named.change_id,
    format('%s name change %s, which is not there', named.rows_of, named.change_id) AS message
FROM named
LEFT JOIN invoicing.change AS ch ON named.change_id = ch.change_id
WHERE ch.change_id IS NULL
ORDER BY named.change_id ASC, named.rows_of ASC
LIMIT :at_most
