-- Purpose: the invoices that would stand for the rows of an attempt that is only rehearsed, as analysts would see them.
-- Parameters: attempt_id.
-- Grain: one row per invoice, columns as in analytics.invoices; of one that is not there yet, created_at is null.
-- May be repeated: reads only.
SELECT
    foreseen.invoice_id,
    i.invoice_number,
    foreseen.contract_id,
    coalesce(i.contract_name, c.name) AS contract_name,
    foreseen.customer_id,
    coalesce(i.customer_name, u.name) AS customer_name,
    c.currency,
    foreseen.run_date,
    'scheduled' AS origin,
    coalesce(i.status, 'draft') AS status,
    foreseen.chargeable_amount,
    foreseen.non_chargeable_amount,
    foreseen.complimentary_amount,
    coalesce(i.retainer_applied_amount, 0) AS retainer_applied_amount,
    foreseen.tax_amount,
    foreseen.chargeable_amount + foreseen.tax_amount - coalesce(i.retainer_applied_amount, 0) AS total_amount,
    foreseen.line_count,
    foreseen.detail_count,
    i.corrects_invoice_id,
    i.created_at,
    i.confirmed_at
FROM (
    SELECT
        contract_id,
        invoice_id,
        customer_id,
        run_date,
        sum(chargeable_amount) AS chargeable_amount,
        sum(non_chargeable_amount) AS non_chargeable_amount,
        sum(complimentary_amount) AS complimentary_amount,
        sum(tax_amount) AS tax_amount,
        count(DISTINCT contract_line_id) AS line_count,
        cast(sum(details) AS bigint) AS detail_count
    FROM rules.foreseen_line
    WHERE attempt_id = :attempt_id
    GROUP BY contract_id, invoice_id, customer_id, run_date
    HAVING bool_or(is_due)
) AS foreseen
INNER JOIN invoicing.project_contract AS c ON foreseen.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON foreseen.customer_id = u.customer_id
LEFT JOIN invoicing.invoice AS i ON c.contract_id = i.contract_id AND foreseen.invoice_id = i.invoice_id
ORDER BY foreseen.run_date, foreseen.contract_id, foreseen.customer_id
