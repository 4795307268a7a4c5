-- Purpose: attempts of runs that say that they are over, or are not, and whose buckets say otherwise: one that succeeded has written
-- each of its buckets, which share the 64 slots among them, each slot in one bucket; one that is running has not ended.
-- Parameters: from_date, to_date (run dates), at_most.
-- Grain: one row per attempt.
-- May be repeated: reads only.
WITH bucket_sum AS (
    SELECT
        attempt_id,
        count(*) AS buckets,
        count(written_at) AS written,
        sum(last_slot - first_slot + 1) AS slots,
        min(first_slot) AS first_slot,
        max(last_slot) AS last_slot,
        bool_or(first_slot <= previous_slot) AS is_overlapping
    FROM (
        SELECT
            *,
            max(last_slot) OVER (
                PARTITION BY attempt_id ORDER BY first_slot ASC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS previous_slot
        FROM invoicing.run_bucket
    ) AS ordered
    GROUP BY attempt_id
),

compared AS (
    SELECT
        r.*,
        coalesce(bucket_sum.buckets, 0) AS buckets,
        coalesce(bucket_sum.written, 0) AS written,
        coalesce(bucket_sum.is_overlapping, FALSE) AS is_overlapping,
        coalesce(bucket_sum.slots, 0) AS slots
    FROM invoicing.invoice_run AS r
    LEFT JOIN bucket_sum ON r.attempt_id = bucket_sum.attempt_id
    WHERE r.run_date BETWEEN :from_date AND :to_date
)

SELECT
    run_id,
    format(
        'the run of %s is %s in attempt %s, ended at %s, with %s of %s buckets written, of %s slots%s',
        run_date, status, attempt, ended_at, written, buckets, slots, CASE WHEN is_overlapping THEN ', which overlap' ELSE '' END
    ) AS message
FROM compared
WHERE
    (status = 'running') <> (ended_at IS NULL)
    OR is_overlapping
    OR (status = 'succeeded' AND (written < buckets OR slots <> 64))
ORDER BY attempt_id ASC
LIMIT :at_most
