-- Purpose: the invoices that a run in progress stands for, as analysts see them.
-- Parameters: run_id.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT i.*
FROM analytics.invoices AS i
INNER JOIN (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM invoicing.run_invoice_line
    WHERE run_id = :run_id
) AS r ON i.contract_id = r.contract_id AND i.invoice_id = r.invoice_id
ORDER BY i.run_date, i.contract_id, i.customer_id
