-- Purpose: the invoices that bear ids or numbers, as many as there are.
-- Parameters: invoice_ids, invoice_numbers.
-- Grain: one row per invoice and name, which is how it was named.
-- May be repeated: reads only.
SELECT
    i.invoice_id,
    cast(i.invoice_id AS text) AS name
FROM invoicing.invoice AS i
WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
UNION ALL
SELECT
    n.invoice_id,
    n.invoice_number AS name
FROM invoicing.invoice_number AS n
WHERE n.invoice_number = any(cast(:invoice_numbers AS text[]))
