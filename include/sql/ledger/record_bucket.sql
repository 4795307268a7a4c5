-- Purpose: record that a bucket of the drafts stands; with the last one the step is done. Takes a run up again that was given
-- back after a failure, and shows a sign of life of one that is running.
-- Parameters: run_id, bucket (its number), lease_minutes.
-- Grain: one row. The run's row is locked by nothing before this, the last statement of a bucket: buckets run side by side.
-- May be repeated: yes. Beside another run that is running it violates uq_invoice_run_running.
UPDATE invoicing.invoice_run
SET
    written_buckets = array_append(array_remove(written_buckets, cast(:bucket AS smallint)), cast(:bucket AS smallint)),
    step = CASE
        WHEN cardinality(array_remove(written_buckets, cast(:bucket AS smallint))) + 1 = buckets THEN 'written' ELSE step
    END,
    status = 'running',
    ended_at = NULL,
    failure = NULL,
    lease_until = clock_timestamp() + make_interval(mins => :lease_minutes)
WHERE run_id = :run_id
RETURNING *
