-- Purpose: what the chosen invoices bill, and what they write off, is of the share as their drafts took it.
-- Parameters: none (reads chosen_invoice, after record_later_shares).
-- Grain: billables whose source changed while they were on their draft.
-- May be repeated: yes.
UPDATE invoicing.billable AS b
SET
    contract_line_id = ts.contract_line_id,
    transaction_class = ts.transaction_class,
    transaction_date = ts.transaction_date,
    quantity = ts.quantity,
    unit_price = ts.unit_price,
    amount = ts.amount,
    tax_amount = ts.tax_amount,
    billing_type = ts.billing_type
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.invoice_line_detail AS d
    ON chosen.contract_id = d.contract_id AND chosen.invoice_id = d.invoice_id
INNER JOIN invoicing.taken_share AS ts ON d.contract_id = ts.contract_id AND d.billable_id = ts.billable_id
WHERE
    b.contract_id = d.contract_id
    AND b.billable_id = d.billable_id
