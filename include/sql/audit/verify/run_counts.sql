-- Purpose: succeeded attempts of runs whose counts cannot be. What stood when a bucket was written is at least what was ready.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per attempt.
-- May be repeated: reads only.
WITH bucket_sum AS (
    SELECT
        attempt_id,
        sum(due_lines) AS due_lines,
        sum(ready_transactions) AS ready_transactions,
        sum(ready_milestones) AS ready_milestones,
        sum(invoices) AS invoices,
        sum(invoice_lines) AS invoice_lines,
        sum(details) AS details,
        sum(invoices_written) AS invoices_written,
        bool_or(
            least(due_lines, ready_transactions, ready_milestones, invoices, invoice_lines, details, invoices_written) < 0
            OR details < ready_transactions + ready_milestones
            OR invoices > invoice_lines
            OR invoices_written > invoices
            OR (invoices = 0 AND invoice_lines > 0)
            OR (invoice_lines = 0 AND details > 0)
            OR (due_lines = 0 AND ready_transactions + ready_milestones > 0)
        ) AS is_impossible
    FROM invoicing.run_bucket
    GROUP BY attempt_id
)

SELECT
    r.run_id,
    format(
        'the run of %s counts %s due lines, %s contracts in quarantine, %s ready transactions and %s ready milestones, and '
        '%s invoices with %s lines and %s details, of which it wrote %s, in attempt %s',
        r.run_date, coalesce(bucket_sum.due_lines, 0), r.quarantined_contracts, bucket_sum.ready_transactions, bucket_sum.ready_milestones,
        bucket_sum.invoices, bucket_sum.invoice_lines, bucket_sum.details, bucket_sum.invoices_written, r.attempt
    ) AS message
FROM invoicing.invoice_run AS r
LEFT JOIN bucket_sum ON r.attempt_id = bucket_sum.attempt_id
WHERE
    r.run_date BETWEEN :from_date AND :to_date
    AND r.status = 'succeeded'
    AND (
        r.quarantined_contracts NOT BETWEEN 0 AND coalesce(bucket_sum.due_lines, 0)
        OR bucket_sum.is_impossible
    )
ORDER BY r.attempt_id ASC
LIMIT :at_most
