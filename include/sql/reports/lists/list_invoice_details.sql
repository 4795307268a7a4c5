-- Purpose: the details of an invoice, line by line.
-- Parameters: contract_id, invoice_id.
-- Grain: one row per detail.
-- May be repeated: reads only.
SELECT *
FROM analytics.invoice_line_details
WHERE
    contract_id = :contract_id
    AND invoice_id = :invoice_id
ORDER BY contract_line_id ASC, transaction_date ASC, detail_id ASC
