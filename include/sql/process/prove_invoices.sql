-- Purpose: hold the stored lines and headers of the run's invoices against each other and against what was meant.
-- Parameters: run_id.
-- Grain: one row per invoice that differs.
-- May be repeated: reads only.
SELECT
    meant.contract_id,
    meant.invoice_id,
    meant.run_date,
    i.total_amount,
    stored.total_amount AS line_total
FROM (
    SELECT
        contract_id,
        invoice_id,
        run_date
    FROM invoicing.run_invoice_line
    WHERE run_id = :run_id
    GROUP BY contract_id, invoice_id, run_date
) AS meant
LEFT JOIN invoicing.invoice AS i ON meant.contract_id = i.contract_id AND meant.invoice_id = i.invoice_id
LEFT JOIN (
    SELECT
        line.contract_id,
        line.invoice_id,
        sum(line.chargeable_amount) AS chargeable_amount,
        sum(line.non_chargeable_amount) AS non_chargeable_amount,
        sum(line.complimentary_amount) AS complimentary_amount,
        sum(line.tax_amount) AS tax_amount,
        sum(line.chargeable_amount + line.tax_amount) AS total_amount
    FROM invoicing.invoice_line AS line
    INNER JOIN (SELECT DISTINCT
        contract_id,
        invoice_id
    FROM invoicing.run_invoice_line
    WHERE run_id = :run_id) AS r
        ON line.contract_id = r.contract_id AND line.invoice_id = r.invoice_id
    GROUP BY line.contract_id, line.invoice_id
) AS stored ON meant.contract_id = stored.contract_id AND meant.invoice_id = stored.invoice_id
WHERE
    (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount)
    IS DISTINCT FROM
    (stored.chargeable_amount, stored.non_chargeable_amount, stored.complimentary_amount, stored.tax_amount)
ORDER BY meant.contract_id, meant.invoice_id
