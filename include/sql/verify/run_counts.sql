-- Purpose: succeeded runs whose counts cannot be.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per run.
-- May be repeated: reads only.
SELECT
    run_id,
    format(
        'the run of %s counts %s due lines, %s contracts in quarantine, %s ready transactions and %s ready milestones, and '
        '%s invoices with %s lines and %s details',
        run_date, due_lines, quarantined_contracts, ready_transactions, ready_milestones, invoices, invoice_lines, details
    ) AS message
FROM invoicing.invoice_run
WHERE
    run_date BETWEEN :from_date AND :to_date
    AND status = 'succeeded'
    AND (
        least(quarantined_contracts, ready_transactions, ready_milestones, invoices) < 0
        OR quarantined_contracts > due_lines
        OR invoices > invoice_lines
        OR invoice_lines > details
        OR (invoices = 0 AND details > 0)
        OR details <> ready_transactions + ready_milestones
    )
ORDER BY run_id ASC
LIMIT :at_most
