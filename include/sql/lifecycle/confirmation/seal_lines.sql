-- Purpose: write into the lines of the chosen invoices what they say now, and make them read-only.
-- Parameters: none.
-- Grain: invoice lines.
-- May be repeated: yes.
UPDATE invoicing.invoice_line AS line
SET
    contract_line_name = cl.name,
    billing_method = cl.billing_method,
    is_confirmed = TRUE
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.contract_line AS cl ON chosen.contract_id = cl.contract_id
WHERE
    line.contract_id = chosen.contract_id
    AND line.invoice_id = chosen.invoice_id
    AND line.contract_line_id = cl.contract_line_id
    AND NOT line.is_confirmed
