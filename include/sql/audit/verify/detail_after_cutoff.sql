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
        AND NOT is_edited
),

schedule AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        max(cutoff_date) AS cutoff_date,
        bool_and(run_status = 'run_successful' AND ran_at IS NOT NULL) AS has_run
    FROM invoicing.schedule_row
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND source <> 'milestone'
    GROUP BY contract_id, contract_line_id, run_date
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    b.transaction_id,
    CASE
        WHEN schedule.run_date IS NULL
            THEN format('a transaction of %s is on the invoice of %s, when its line was not due', b.transaction_date, i.run_date)
        ELSE
            format(
                'a transaction of %s is on the invoice of %s, whose cut-off is %s',
                b.transaction_date, i.run_date, schedule.cutoff_date
            )
    END AS message
FROM unedited AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
LEFT JOIN schedule
    ON
        d.contract_id = schedule.contract_id
        AND d.contract_line_id = schedule.contract_line_id
        AND i.run_date = schedule.run_date
WHERE
    b.is_sale
    AND (schedule.run_date IS NULL OR (schedule.has_run AND b.transaction_date > schedule.cutoff_date))
ORDER BY d.contract_id ASC, d.billable_id ASC
LIMIT :at_most
