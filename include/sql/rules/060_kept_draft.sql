-- Rule: the scheduled invoices that no run changes: somebody edited them, or they are confirmed. Nothing is added to them or taken
-- from them by a run.
-- Grain: one row per invoice.
CREATE OR REPLACE VIEW rules.kept_draft AS
SELECT
    contract_id,
    invoice_id,
    customer_id,
    run_date,
    status
FROM invoicing.invoice
WHERE
    origin = 'scheduled'
    AND NOT is_run_owned;
