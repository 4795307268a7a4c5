-- Purpose: take over the milestones of a load that differ. One that moves to another date is due again on that date: no
--          invoice holds it, or the load had been refused.
-- Parameters: none (reads changed_milestones; rows without file_line are in the warehouse already).
-- Grain: one row per milestone.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.milestone AS known (
    contract_id, milestone_id, contract_line_id, customer_id, name, milestone_date, amount, tax_amount, billing_status
)
SELECT
    contract_id,
    milestone_id,
    contract_line_id,
    customer_id,
    name,
    milestone_date,
    amount,
    tax_amount,
    billing_status
FROM pg_temp.changed_milestones
WHERE file_line IS NOT NULL
ON CONFLICT (contract_id, milestone_id) DO UPDATE
    SET
        contract_line_id = excluded.contract_line_id,
        customer_id = excluded.customer_id,
        name = excluded.name,
        milestone_date = excluded.milestone_date,
        amount = excluded.amount,
        tax_amount = excluded.tax_amount,
        billing_status = excluded.billing_status,
        run_status = CASE WHEN known.milestone_date = excluded.milestone_date THEN known.run_status ELSE 'not_run' END,
        ran_at = CASE WHEN known.milestone_date = excluded.milestone_date THEN known.ran_at END,
        ran_by = CASE WHEN known.milestone_date = excluded.milestone_date THEN known.ran_by END
    WHERE (
        known.contract_line_id, known.customer_id, known.name, known.milestone_date, known.amount,
        known.tax_amount, known.billing_status
    ) IS DISTINCT FROM (
        excluded.contract_line_id, excluded.customer_id, excluded.name, excluded.milestone_date, excluded.amount,
        excluded.tax_amount, excluded.billing_status
    )
