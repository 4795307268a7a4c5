-- Purpose: the headers of the drafts.
-- Parameters: attempt_id, first_slot, last_slot, change_id.
-- Grain: one invoice per contract, customer, currency and run date. The id derives from that key.
-- May be repeated: a header that is there stays; total_invoices brings its sums up to date.
INSERT INTO invoicing.invoice (
    contract_id, invoice_id, customer_id, currency, run_date, origin, version,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    c.contract_id,
    cast(md5(
        cast(char_length(c.contract_id) AS text) || ':' || c.contract_id
        || cast(char_length(drafted.customer_id) AS text) || ':' || drafted.customer_id
        || c.currency || cast(drafted.run_date - date '2000-01-01' AS text)
    ) AS uuid) AS invoice_id,
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
        customer_id,
        run_date,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0) AS complimentary_amount,
        coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS tax_amount
    FROM invoicing.run_line
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
        AND reason = 'invoiced'
    GROUP BY contract_id, customer_id, run_date
) AS drafted
INNER JOIN invoicing.project_contract AS c ON drafted.contract_id = c.contract_id
ON CONFLICT (contract_id, invoice_id) DO NOTHING
