-- Purpose: record that a bucket is written, with what stands of its rows now.
-- Parameters: attempt_id, bucket, first_slot, last_slot, change_ids (of this bucket in this attempt), written_at.
-- Grain: one row of run_bucket.
-- May be repeated: yes.
UPDATE invoicing.run_bucket AS rb
SET
    written_at = :written_at,
    invoices = standing.invoices,
    invoice_lines = standing.invoice_lines,
    details = standing.details,
    invoices_written = standing.invoices_written
FROM (
    SELECT
        count(DISTINCT row(i.contract_id, i.invoice_id)) AS invoices,
        count(DISTINCT row(i.contract_id, i.invoice_id, line.contract_line_id)) AS invoice_lines,
        coalesce(sum(line.detail_count), 0) AS details,
        count(DISTINCT row(i.contract_id, i.invoice_id)) FILTER (
            WHERE i.version = any(cast(:change_ids AS bigint[]))
        ) AS invoices_written
    FROM invoicing.run_due_row AS l
    INNER JOIN invoicing.invoice AS i
        ON l.contract_id = i.contract_id AND l.run_date = i.run_date AND i.origin = 'scheduled'
    INNER JOIN invoicing.invoice_line AS line
        ON
            i.contract_id = line.contract_id
            AND i.invoice_id = line.invoice_id
            AND l.contract_line_id = line.contract_line_id
    WHERE
        l.attempt_id = :attempt_id
        AND l.slot BETWEEN :first_slot AND :last_slot
        AND l.customer_id = ''
) AS standing
WHERE
    rb.attempt_id = :attempt_id
    AND rb.bucket = :bucket
