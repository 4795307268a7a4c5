-- Purpose: what will be invoiced of the due lines and what waits, and why, added up.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one row in run_line per line, customer, run date, reason, billing type and kind. Milestones only where they are invoiced:
-- they are in no accounting.
-- May be repeated: once the attempt's rows of these slots are gone.
INSERT INTO invoicing.run_line (
    attempt_id, contract_id, contract_line_id, customer_id, run_date, reason, billing_type, is_sale,
    billables, unchanged, amount, tax_amount, slot
)
SELECT
    attempt_id,
    contract_id,
    contract_line_id,
    customer_id,
    run_date,
    reason,
    billing_type,
    is_sale,
    count(*) AS billables,
    count(*) FILTER (WHERE is_unchanged) AS unchanged,
    sum(amount) AS amount,
    sum(tax_amount) AS tax_amount,
    slot
FROM rules.selection
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
    AND (is_sale OR reason = 'invoiced')
GROUP BY attempt_id, contract_id, contract_line_id, customer_id, run_date, reason, billing_type, is_sale, slot
