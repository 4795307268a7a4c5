-- Purpose: close what the chosen invoices consume.
-- Parameters: none.
-- Grain: billables.
-- May be repeated: yes.
UPDATE invoicing.billable AS b
SET state = 'billed'
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.invoice_line_detail AS d
    ON chosen.contract_id = d.contract_id AND chosen.invoice_id = d.invoice_id
WHERE
    b.contract_id = d.contract_id
    AND b.billable_id = d.billable_id
    AND b.state <> 'billed'
