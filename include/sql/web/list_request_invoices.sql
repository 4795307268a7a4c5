-- Purpose: the invoices that a run by hand created, confirmed or corrected, one page of them, as they stand now.
-- Parameters: request_key, row_limit, row_offset.
-- Grain: one row per invoice; invoice_count: how many there are on all pages.
-- May be repeated: reads only.
SELECT
    i.invoice_id,
    i.contract_id,
    c.name AS contract_name,
    i.customer_id,
    u.name AS customer_name,
    i.currency,
    i.run_date,
    i.status,
    i.chargeable_amount,
    i.tax_amount,
    i.total_amount,
    count(*) OVER () AS invoice_count
FROM (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM invoicing.invoice_change
    WHERE request_key = :request_key
) AS done
INNER JOIN invoicing.invoice AS i ON done.contract_id = i.contract_id AND done.invoice_id = i.invoice_id
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON i.customer_id = u.customer_id
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC, i.invoice_id ASC
LIMIT :row_limit OFFSET :row_offset
