-- Purpose: the invoices that a run stands for, one page of them, as they stand now.
-- Parameters: run_date, contract_ids (null: all), row_limit, row_offset.
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
INNER JOIN rules.run_invoice AS ran ON i.contract_id = ran.contract_id AND i.run_date = ran.run_date
WHERE
    ran.day = :run_date
    AND i.origin = 'scheduled'
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
ORDER BY i.run_date DESC, i.contract_id ASC, i.customer_id ASC, i.currency ASC
LIMIT :row_limit OFFSET :row_offset
