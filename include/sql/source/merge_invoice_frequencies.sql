-- Purpose: take over the invoice frequencies of a load.
-- Parameters: none (reads staged_invoice_frequencies).
-- Grain: one row per invoice frequency.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.invoice_frequency AS known (invoice_frequency_id, name, period, run_days)
SELECT
    invoice_frequency_id,
    name,
    period,
    run_days
FROM pg_temp.staged_invoice_frequencies
ON CONFLICT (invoice_frequency_id) DO UPDATE
    SET
        name = excluded.name,
        period = excluded.period,
        run_days = excluded.run_days
    WHERE (
        known.name, known.period, known.run_days
    ) IS DISTINCT FROM (
        excluded.name, excluded.period, excluded.run_days
    )
