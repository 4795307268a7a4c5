-- Purpose: what a step really finds of what the ledger says was left for it.
-- Parameters: run_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    (
        SELECT count(*) FROM invoicing.run_due_line
        WHERE run_id = :run_id
    ) AS due_lines,
    (
        SELECT count(*)
        FROM invoicing.run_selection
        WHERE
            run_id = :run_id
            AND reason = 'invoiced'
    ) AS selected,
    (
        SELECT coalesce(sum(detail_count), 0)
        FROM invoicing.run_invoice_line
        WHERE run_id = :run_id
    ) AS details,
    (
        SELECT coalesce(sum(chargeable_amount), 0)
        FROM invoicing.run_invoice_line
        WHERE run_id = :run_id
    ) AS chargeable_amount
