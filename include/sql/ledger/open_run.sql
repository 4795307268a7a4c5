-- Purpose: open a run, or open it again when it is cleared or retried; takes the lease of the warehouse.
-- Parameters: run_key, run_date, trigger, contract_ids (null: all), lease_minutes.
-- Grain: one row per run_key.
-- May be repeated: a run that is opened again keeps its row and starts from nothing; a run beside another one that is
-- running violates uq_invoice_run_running.
INSERT INTO invoicing.invoice_run AS run (run_key, run_date, trigger, contract_ids, lease_until)
VALUES (
    :run_key, :run_date, :trigger, cast(:contract_ids AS text[]),
    clock_timestamp() + make_interval(mins => :lease_minutes)
)
ON CONFLICT (run_key) DO UPDATE
    SET
        run_date = excluded.run_date,
        contract_ids = excluded.contract_ids,
        attempt = run.attempt + 1,
        status = excluded.status,
        step = excluded.step,
        lease_until = excluded.lease_until,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        due_lines = excluded.due_lines,
        ready_transactions = excluded.ready_transactions,
        ready_milestones = excluded.ready_milestones,
        ready_amount = excluded.ready_amount,
        invoices = excluded.invoices,
        invoice_lines = excluded.invoice_lines,
        details = excluded.details,
        chargeable_amount = excluded.chargeable_amount,
        quarantined_contracts = excluded.quarantined_contracts,
        skipped_reason = excluded.skipped_reason,
        failure = excluded.failure,
        buckets = excluded.buckets,
        written_buckets = excluded.written_buckets
RETURNING run.*
