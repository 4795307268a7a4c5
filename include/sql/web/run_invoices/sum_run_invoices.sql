-- Purpose: what the invoices come to that a run stands for, as they stand now.
-- Parameters: run_date, contract_ids (null: all).
-- Grain: one row per currency.
-- May be repeated: reads only.
SELECT
    i.currency,
    count(*) AS invoices,
    sum(i.chargeable_amount) AS chargeable_amount,
    sum(i.tax_amount) AS tax_amount,
    sum(i.total_amount) AS total_amount
FROM analytics.invoices AS i
INNER JOIN rules.run_invoice AS ran ON i.contract_id = ran.contract_id AND i.run_date = ran.run_date
WHERE
    ran.day = :run_date
    AND i.origin = 'scheduled'
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY i.currency
ORDER BY i.currency ASC
