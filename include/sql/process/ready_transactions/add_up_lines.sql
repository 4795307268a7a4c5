-- Purpose: add up what was selected of a bucket. The id of an invoice derives from its key, so that a repeated day gives the same.
-- Parameters: attempt_id, bucket.
-- Grain: one row in run_line per line, customer, run date, reason, billing type and kind.
-- May be repeated: once the attempt's rows of this bucket are gone.
INSERT INTO invoicing.run_line (
    attempt_id, bucket, contract_id, contract_line_id, customer_id, invoice_id, run_date, reason, billing_type, is_sale,
    billables, unchanged, amount, tax_amount
)
SELECT
    cast(:attempt_id AS integer) AS attempt_id,
    cast(:bucket AS smallint) AS bucket,
    added.contract_id,
    added.contract_line_id,
    added.customer_id,
    cast(md5(
        cast(char_length(added.contract_id) AS text) || ':' || added.contract_id
        || cast(char_length(added.customer_id) AS text) || ':' || added.customer_id
        || c.currency || cast(added.run_date - date '2000-01-01' AS text)
    ) AS uuid) AS invoice_id,
    added.run_date,
    added.reason,
    added.billing_type,
    added.is_sale,
    added.billables,
    added.unchanged,
    added.amount,
    added.tax_amount
FROM (
    SELECT
        contract_id,
        contract_line_id,
        customer_id,
        run_date,
        reason,
        billing_type,
        is_sale,
        count(*) AS billables,
        count(*) FILTER (WHERE is_unchanged) AS unchanged,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.run_selection
    WHERE
        attempt_id = :attempt_id
        AND bucket = :bucket
    GROUP BY contract_id, contract_line_id, customer_id, run_date, reason, billing_type, is_sale
) AS added
INNER JOIN invoicing.project_contract AS c ON added.contract_id = c.contract_id
