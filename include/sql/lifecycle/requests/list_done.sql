-- Purpose: the invoices to which a command or task has done something already, when it is tried again.
-- Parameters: request_key, action.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT DISTINCT
    ic.contract_id,
    ic.invoice_id
FROM invoicing.change AS ch
INNER JOIN invoicing.invoice_change AS ic ON ch.change_id = ic.change_id
WHERE
    ch.request_key = cast(:request_key AS text)
    AND ic.action = cast(:action AS text)
ORDER BY ic.contract_id ASC, ic.invoice_id ASC
