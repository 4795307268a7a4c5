-- Purpose: the details of the drafts, each consuming its billable.
-- Parameters: attempt_id, first_slot, last_slot, change_id.
-- Grain: one detail per invoiced share that is not on its draft yet; a draft that gains any gets a new version. Billables are
-- never deleted (320_guards), so one that was selected exists.
-- May be repeated: no row is written twice (primary key); a concurrent second invoice for a billable fails whole.
WITH written AS (
    INSERT INTO invoicing.invoice_line_detail (
        contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
    )
    SELECT
        selected.contract_id,
        selected.billable_id,
        i.invoice_id,
        selected.contract_line_id,
        selected.billing_type,
        selected.quantity,
        selected.unit_price,
        selected.amount,
        selected.tax_amount
    FROM rules.selection AS selected
    INNER JOIN invoicing.invoice AS i
        ON
            selected.contract_id = i.contract_id
            AND selected.customer_id = i.customer_id
            AND selected.run_date = i.run_date
            AND i.origin = 'scheduled'
            AND i.is_run_owned
    WHERE
        selected.attempt_id = :attempt_id
        AND selected.slot BETWEEN :first_slot AND :last_slot
        AND selected.reason = 'invoiced'
        AND NOT selected.is_unchanged
    RETURNING contract_id, invoice_id
)

UPDATE invoicing.invoice AS i
SET version = :change_id
FROM (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM written
) AS changed
WHERE
    i.contract_id = changed.contract_id
    AND i.invoice_id = changed.invoice_id
    AND i.version <> :change_id
