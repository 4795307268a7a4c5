-- Purpose: transactions on a scheduled invoice that nobody edited, dated after the cut-off of its schedule row, or on a date
-- for which their line has no row. The class is not judged: a line may include less today than when it was invoiced.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    CASE
        WHEN s.run_date IS NULL
            THEN format('a transaction of %s is on the invoice of %s, when its line was not due', a.transaction_date, i.run_date)
        ELSE format(
            'a transaction of %s is on the invoice of %s, whose cut-off is %s',
            a.transaction_date, i.run_date, coalesce(s.transaction_cutoff_date, s.run_date - 1)
        )
    END AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
LEFT JOIN invoicing.invoice_schedule AS s
    ON
        d.contract_id = s.contract_id
        AND d.contract_line_id = s.contract_line_id
        AND i.run_date = s.run_date
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND i.origin = 'scheduled'
    AND i.edited_at IS NULL
    AND a.kind = 'unbilled_sales'
    AND (
        s.run_date IS NULL
        OR (
            s.run_status = 'run_successful'
            AND a.transaction_date > coalesce(s.transaction_cutoff_date, s.run_date - 1)
        )
    )
ORDER BY d.contract_id, d.actual_id
LIMIT :at_most
