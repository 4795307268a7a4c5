-- Purpose: what happens to every open share of the due lines of a bucket, and why. Milestones only where they are invoiced: they are
-- in no accounting.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row per open share in run_selection.
-- May be repeated: once the attempt's rows of this bucket are gone.
INSERT INTO invoicing.run_selection (
    attempt_id, bucket, contract_id, contract_line_id, customer_id, billable_id, run_date, reason, is_sale,
    is_unchanged, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    selected.attempt_id,
    cast(:bucket AS smallint) AS bucket,
    selected.contract_id,
    selected.contract_line_id,
    selected.customer_id,
    selected.billable_id,
    selected.run_date,
    selected.reason,
    selected.is_sale,
    selected.is_unchanged,
    selected.billing_type,
    selected.quantity,
    selected.unit_price,
    selected.amount,
    selected.tax_amount
FROM rules.selection AS selected
WHERE
    selected.attempt_id = :attempt_id
    AND selected.slot BETWEEN :first_slot AND :last_slot
    AND (selected.is_sale OR selected.reason = 'invoiced')
