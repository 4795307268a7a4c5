-- Purpose: write into the chosen invoices their numbers, and the names of contract and customer as they are now.
-- Parameters: none.
-- Grain: invoices.
-- May be repeated: yes.
UPDATE invoicing.invoice AS i
SET
    invoice_number = chosen.invoice_number,
    contract_name = c.name,
    customer_name = u.name
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.project_contract AS c ON chosen.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON chosen.customer_id = u.customer_id
WHERE
    i.contract_id = chosen.contract_id
    AND i.invoice_id = chosen.invoice_id
