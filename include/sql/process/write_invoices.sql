-- Purpose: the headers of the drafts.
-- Parameters: run_id, first_slot, last_slot (the contracts of a bucket).
-- Grain: one invoice per contract, customer, currency and run date.
-- May be repeated: a header that stands stays; total_invoices brings its sums up to date.
INSERT INTO invoicing.invoice (
    contract_id, invoice_id, customer_id, currency, run_date, origin,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    contract_id,
    invoice_id,
    customer_id,
    currency,
    run_date,
    'scheduled' AS origin,
    sum(chargeable_amount) AS chargeable_amount,
    sum(non_chargeable_amount) AS non_chargeable_amount,
    sum(complimentary_amount) AS complimentary_amount,
    sum(tax_amount) AS tax_amount
FROM invoicing.run_invoice_line
WHERE
    run_id = :run_id
    AND slot BETWEEN :first_slot AND :last_slot
GROUP BY contract_id, invoice_id, customer_id, currency, run_date
ON CONFLICT (contract_id, invoice_id) DO NOTHING
