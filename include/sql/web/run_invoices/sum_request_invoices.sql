-- Purpose: what the invoices come to that a run by hand created, confirmed or corrected, as they stand now.
-- Parameters: request_key.
-- Grain: one row per currency.
-- May be repeated: reads only.
SELECT
    i.currency,
    count(*) AS invoices,
    sum(i.chargeable_amount) AS chargeable_amount,
    sum(i.tax_amount) AS tax_amount,
    sum(i.total_amount) AS total_amount
FROM analytics.invoices AS i
INNER JOIN (
    SELECT DISTINCT
        ic.contract_id,
        ic.invoice_id
    FROM invoicing.invoice_change AS ic
    INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
    WHERE ch.request_key = :request_key
) AS handled ON i.contract_id = handled.contract_id AND i.invoice_id = handled.invoice_id
GROUP BY i.currency
ORDER BY i.currency ASC
