-- Purpose: the invoices that bear ids or numbers, as many as there are.
-- Parameters: invoice_ids, invoice_numbers.
-- Grain: one row per invoice and name, which is how it was named.
-- May be repeated: reads only.
SELECT
    invoice_id,
    cast(invoice_id AS text) AS name
FROM invoicing.invoice
WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
UNION ALL
SELECT
    invoice_id,
    invoice_number AS name
FROM invoicing.invoice
WHERE invoice_number = any(cast(:invoice_numbers AS text[]))
