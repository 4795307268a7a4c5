-- Purpose: what live drafts of the due contracts hold, looked up once, before anything is written: a statement that asked the
-- details while it fills them would be planned for the empty table that they were.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row per detail of a live draft in run_held.
-- May be repeated: once the attempt's rows of this bucket are gone.
INSERT INTO invoicing.run_held (
    attempt_id, contract_id, billable_id, invoice_id, customer_id, run_date, is_free,
    billing_type, quantity, unit_price, amount, tax_amount, bucket
)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    h.contract_id,
    h.billable_id,
    h.invoice_id,
    h.customer_id,
    h.run_date,
    h.is_run_owned AND due.contract_line_id IS NOT NULL AS is_free,
    h.billing_type,
    h.quantity,
    h.unit_price,
    h.amount,
    h.tax_amount,
    cast(:bucket AS smallint) AS bucket
FROM (
    SELECT DISTINCT contract_id
    FROM invoicing.run_due_row
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
) AS contract_due
INNER JOIN rules.held AS h ON contract_due.contract_id = h.contract_id
LEFT JOIN invoicing.run_due_row AS due
    ON
        h.contract_id = due.contract_id
        AND h.contract_line_id = due.contract_line_id
        AND h.run_date = due.run_date
        AND due.customer_id = ''
        AND due.attempt_id = :attempt_id
