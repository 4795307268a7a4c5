-- Purpose: the invoices to confirm and their numbers, in the order of run date, contract and customer: the next of the series, and
-- since a number is a row, none is missing when the transaction is rolled back.
-- Parameters: invoice_ids, series, prefix, digits (at least so many), suffix, number_zero_totals (whether an invoice of total 0 has one).
-- Grain: one row per invoice in pg_temp.chosen_invoice.
-- May be repeated: the caller drops the table in the same transaction.
CREATE TEMPORARY TABLE chosen_invoice ON COMMIT DROP AS
SELECT
    numbered.contract_id,
    numbered.invoice_id,
    numbered.customer_id,
    numbered.currency,
    numbered.origin,
    cu.decimals,
    numbered.number_in_series,
    cast(:prefix AS text) || CASE
        WHEN char_length(cast(numbered.number_in_series AS text)) < cast(:digits AS integer)
            THEN lpad(cast(numbered.number_in_series AS text), cast(:digits AS integer), '0')
        ELSE cast(numbered.number_in_series AS text)
    END || cast(:suffix AS text) AS invoice_number
FROM (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.customer_id,
        i.currency,
        i.origin,
        CASE
            WHEN i.has_number
                THEN
                    given.last_number + count(*) FILTER (WHERE i.has_number) OVER (
                        ORDER BY i.run_date, i.contract_id, i.customer_id, i.invoice_id
                    )
        END AS number_in_series
    FROM (
        SELECT
            contract_id,
            invoice_id,
            customer_id,
            currency,
            origin,
            run_date,
            total_amount <> 0 OR cast(:number_zero_totals AS boolean) AS has_number
        FROM invoicing.invoice
        WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
    ) AS i
    CROSS JOIN (
        SELECT coalesce(max(n.number_in_series), 0) AS last_number
        FROM invoicing.invoice_number AS n
        WHERE n.series = cast(:series AS text)
    ) AS given
) AS numbered
INNER JOIN invoicing.currency AS cu ON numbered.currency = cu.currency
