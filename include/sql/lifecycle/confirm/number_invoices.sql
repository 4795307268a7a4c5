-- Purpose: the numbers of a batch of invoices, in the order of run date, contract and customer.
-- Parameters: invoice_ids, series, first_number, prefix, digits (at least so many), suffix.
-- Grain: one number per invoice.
-- May be repeated: no; the numbers are taken in the same transaction.
UPDATE invoicing.invoice AS i
SET
    number_series = :series,
    number_in_series = n.number,
    invoice_number = n.invoice_number
FROM (
    SELECT
        contract_id,
        invoice_id,
        number,
        :prefix || CASE
            WHEN char_length(cast(number AS text)) < cast(:digits AS integer)
                THEN lpad(cast(number AS text), cast(:digits AS integer), '0')
            ELSE cast(number AS text)
        END || :suffix AS invoice_number
    FROM (
        SELECT
            contract_id,
            invoice_id,
            cast(:first_number AS bigint) - 1
            + row_number() OVER (ORDER BY run_date, contract_id, customer_id, invoice_id) AS number
        FROM invoicing.invoice
        WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
    ) AS numbered
) AS n
WHERE
    i.contract_id = n.contract_id
    AND i.invoice_id = n.invoice_id
