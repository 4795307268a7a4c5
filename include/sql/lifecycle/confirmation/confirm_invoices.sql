-- Purpose: the step that cannot be taken back: the chosen invoices have their numbers, and the names of contract and customer as they
-- are now. Until they are sealed, their confirmation may still write into them.
-- Parameters: change_id, confirmed_at.
-- Grain: the chosen invoices.
-- May be repeated: no, a confirmed invoice refuses it.
UPDATE invoicing.invoice AS i
SET
    status = 'confirmed',
    version = cast(:change_id AS bigint),
    confirmed_at = cast(:confirmed_at AS timestamptz),
    invoice_number = chosen.invoice_number,
    contract_name = c.name,
    customer_name = u.name
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.project_contract AS c ON chosen.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON chosen.customer_id = u.customer_id
WHERE
    i.contract_id = chosen.contract_id
    AND i.invoice_id = chosen.invoice_id
