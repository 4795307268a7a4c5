-- Purpose: record beside what the chosen invoices took of a share what its source says by now, as a load does of what was billed before.
-- Parameters: change_id (reads chosen_invoice).
-- Grain: one row in later_share per share whose source changed while it was on its draft.
-- May be repeated: no; the key refuses it.
INSERT INTO invoicing.later_share (
    contract_id, billable_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount, tax_amount,
    billing_type, state, split_percent, is_rounding_share, change_id
)
SELECT
    b.contract_id,
    b.billable_id,
    b.contract_line_id,
    b.transaction_class,
    b.transaction_date,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    b.billing_type,
    b.state,
    b.split_percent,
    b.is_rounding_share,
    cast(:change_id AS bigint) AS change_id
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.invoice_line_detail AS d
    ON chosen.contract_id = d.contract_id AND chosen.invoice_id = d.invoice_id
INNER JOIN invoicing.taken_share AS ts ON d.contract_id = ts.contract_id AND d.billable_id = ts.billable_id
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
WHERE
    b.part = 1
    AND b.source IN ('transaction', 'milestone')
