-- Purpose: record a bucket of an attempt: its range of slots, how its contracts are now, and how many lines are due in it.
-- Parameters: attempt_id, bucket, first_slot, last_slot, contracts_at, due_lines.
-- Grain: one row of run_bucket.
-- May be repeated: no, an attempt plans a bucket once.
INSERT INTO invoicing.run_bucket (attempt_id, bucket, first_slot, last_slot, contracts_at, due_lines)
VALUES (:attempt_id, :bucket, :first_slot, :last_slot, :contracts_at, :due_lines)
