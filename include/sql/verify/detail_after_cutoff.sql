-- Purpose: transactions on a scheduled invoice that nobody edited, dated after the cut-off of its schedule row, or on a date
-- for which their line has no row. The class is not judged: a line may include less today than when it was invoiced.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH unedited AS (
    SELECT
        contract_id,
        invoice_id,
        run_date
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND origin = 'scheduled'
        AND edited_at IS NULL
),

schedule AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        run_status,
        coalesce(transaction_cutoff_date, run_date - 1) AS cutoff_date
    FROM invoicing.invoice_schedule
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    a.transaction_id,
    CASE
        WHEN s.run_date IS NULL
            THEN format('a transaction of %s is on the invoice of %s, when its line was not due', a.transaction_date, i.run_date)
        ELSE
            format(
                'a transaction of %s is on the invoice of %s, whose cut-off is %s', a.transaction_date, i.run_date, s.cutoff_date
            )
    END AS message
FROM unedited AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
LEFT JOIN schedule AS s
    ON d.contract_id = s.contract_id AND d.contract_line_id = s.contract_line_id AND i.run_date = s.run_date
WHERE
    a.kind = 'unbilled_sales'
    AND (s.run_date IS NULL OR (s.run_status = 'run_successful' AND a.transaction_date > s.cutoff_date))
ORDER BY d.contract_id ASC, d.actual_id ASC
LIMIT :at_most
