-- Purpose: the invoice lines that the selection adds up to, one invoice per contract, customer, currency and run date.
-- Parameters: run_id.
-- Grain: one row per contract line, customer and run date in run_invoice_line. The invoice's id derives from its key.
-- May be repeated: on an emptied run_invoice_line, yes.
INSERT INTO invoicing.run_invoice_line (
    run_id, contract_id, contract_line_id, customer_id, run_date, invoice_id, currency,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
WITH line AS (
    SELECT
        contract_id,
        contract_line_id,
        customer_id,
        run_date,
        sum(CASE WHEN billing_type = 'chargeable' THEN amount ELSE 0 END) AS chargeable_amount,
        sum(CASE WHEN billing_type = 'non_chargeable' THEN amount ELSE 0 END) AS non_chargeable_amount,
        sum(CASE WHEN billing_type = 'complimentary' THEN amount ELSE 0 END) AS complimentary_amount,
        sum(CASE WHEN billing_type = 'chargeable' THEN tax_amount ELSE 0 END) AS tax_amount,
        count(*) AS detail_count
    FROM invoicing.run_selection
    WHERE
        run_id = :run_id
        AND reason = 'invoiced'
    GROUP BY contract_id, contract_line_id, customer_id, run_date
)

SELECT
    :run_id AS run_id,
    line.contract_id,
    line.contract_line_id,
    line.customer_id,
    line.run_date,
    cast(md5(
        cast(char_length(line.contract_id) AS text) || ':' || line.contract_id
        || cast(char_length(line.customer_id) AS text) || ':' || line.customer_id
        || c.currency || cast(line.run_date - date '2000-01-01' AS text)
    ) AS uuid) AS invoice_id,
    c.currency,
    round(line.chargeable_amount, u.decimals) AS chargeable_amount,
    round(line.non_chargeable_amount, u.decimals) AS non_chargeable_amount,
    round(line.complimentary_amount, u.decimals) AS complimentary_amount,
    round(line.tax_amount, u.decimals) AS tax_amount,
    line.detail_count
FROM line
INNER JOIN invoicing.project_contract AS c ON line.contract_id = c.contract_id
INNER JOIN invoicing.currency AS u ON c.currency = u.currency
