-- Purpose: an attempt that repeats one bucket of a run takes over the others as they are recorded.
-- Parameters: attempt_id, from_attempt_id, bucket (the one that is repeated).
-- Grain: rows of run_bucket; what was written by the earlier attempt is not written by this one.
-- May be repeated: no, an attempt plans a bucket once.
INSERT INTO invoicing.run_bucket (
    attempt_id, bucket, first_slot, last_slot, contracts_at, due_lines, selected, ready_transactions, ready_milestones, written_at, invoices,
    invoice_lines, details, invoices_written
)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    bucket,
    first_slot,
    last_slot,
    contracts_at,
    due_lines,
    CASE WHEN bucket <> :bucket THEN selected END AS selected,
    CASE WHEN bucket <> :bucket THEN ready_transactions END AS ready_transactions,
    CASE WHEN bucket <> :bucket THEN ready_milestones END AS ready_milestones,
    CASE WHEN bucket <> :bucket THEN written_at END AS written_at,
    CASE WHEN bucket <> :bucket THEN invoices END AS invoices,
    CASE WHEN bucket <> :bucket THEN invoice_lines END AS invoice_lines,
    CASE WHEN bucket <> :bucket THEN details END AS details,
    CASE WHEN bucket <> :bucket AND written_at IS NOT NULL THEN 0 END AS invoices_written
FROM invoicing.run_bucket
WHERE attempt_id = :from_attempt_id
