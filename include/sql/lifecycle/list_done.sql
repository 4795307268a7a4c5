-- Purpose: the invoices to which a command or task has done something already, when it is tried again.
-- Parameters: request_key, action.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT DISTINCT
    contract_id,
    invoice_id
FROM invoicing.invoice_change
WHERE
    request_key = :request_key
    AND action = :action
ORDER BY contract_id ASC, invoice_id ASC
