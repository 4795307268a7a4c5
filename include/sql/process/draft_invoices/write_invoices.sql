-- Purpose: the headers of the drafts; one that is there and gains details gets a new version.
-- Parameters: attempt_id, bucket, change_id.
-- Grain: one invoice per contract, customer, currency and run date.
-- May be repeated: yes; total_invoices brings the sums of a header that is there up to date.
INSERT INTO invoicing.invoice AS i (
    contract_id, invoice_id, customer_id, currency, run_date, origin, version,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    drafted.contract_id,
    drafted.invoice_id,
    drafted.customer_id,
    c.currency,
    drafted.run_date,
    'scheduled' AS origin,
    cast(:change_id AS bigint) AS version,
    drafted.chargeable_amount,
    drafted.non_chargeable_amount,
    drafted.complimentary_amount,
    drafted.tax_amount
FROM (
    SELECT
        contract_id,
        invoice_id,
        customer_id,
        run_date,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0) AS complimentary_amount,
        coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS tax_amount
    FROM invoicing.run_line
    WHERE
        attempt_id = :attempt_id
        AND bucket = :bucket
        AND reason = 'invoiced'
    GROUP BY contract_id, invoice_id, customer_id, run_date
    HAVING NOT bool_and(is_unchanged)
) AS drafted
INNER JOIN invoicing.project_contract AS c ON drafted.contract_id = c.contract_id
ON CONFLICT (
    contract_id, invoice_id) DO UPDATE SET version = excluded.version
WHERE i.is_run_owned
