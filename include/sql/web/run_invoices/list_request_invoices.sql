-- Purpose: the invoices that a run by hand created, confirmed or corrected, one page of them, as they stand now.
-- Parameters: request_key, row_limit, row_offset.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.invoice_id,
    i.invoice_number,
    i.contract_id,
    i.contract_name,
    i.customer_id,
    i.customer_name,
    i.currency,
    i.run_date,
    i.origin,
    i.status,
    i.chargeable_amount,
    i.tax_amount,
    i.total_amount
FROM analytics.invoices AS i
INNER JOIN (
    SELECT DISTINCT
        ic.contract_id,
        ic.invoice_id
    FROM invoicing.invoice_change AS ic
    INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
    WHERE ch.request_key = :request_key
) AS handled ON i.contract_id = handled.contract_id AND i.invoice_id = handled.invoice_id
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC, i.invoice_id ASC
LIMIT :row_limit OFFSET :row_offset
