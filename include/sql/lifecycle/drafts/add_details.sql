-- Purpose: put onto a draft what was chosen for it.
-- Parameters: change_id (reads addition).
-- Grain: one detail per share, and one row in invoice_change.
-- May be repeated: no, the key refuses a second.
WITH added AS (
    INSERT INTO invoicing.invoice_line_detail (
        contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
    )
    SELECT
        addition.contract_id,
        addition.billable_id,
        addition.invoice_id,
        addition.contract_line_id,
        addition.billing_type,
        addition.quantity,
        addition.unit_price,
        addition.amount,
        addition.tax_amount
    FROM pg_temp.addition AS addition
    RETURNING contract_id, billable_id, invoice_id, contract_line_id, amount
)

INSERT INTO invoicing.invoice_change (
    contract_id, change_id, invoice_id, action, contract_line_id, billable_id, field, new_value
)
SELECT
    added.contract_id,
    cast(:change_id AS bigint) AS change_id,
    added.invoice_id,
    'detail_added' AS action,
    added.contract_line_id,
    added.billable_id,
    'amount' AS field,
    cast(added.amount AS text) AS new_value
FROM added
ORDER BY added.billable_id ASC
