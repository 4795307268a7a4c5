-- Purpose: the lines of the drafts with their sums.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one invoice line per draft and contract line.
-- May be repeated: a line that says the same already is not touched.
INSERT INTO invoicing.invoice_line AS line (
    contract_id, invoice_id, contract_line_id,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount, detail_count
)
SELECT
    drafted.contract_id,
    i.invoice_id,
    drafted.contract_line_id,
    drafted.chargeable_amount,
    drafted.non_chargeable_amount,
    drafted.complimentary_amount,
    drafted.tax_amount,
    drafted.detail_count
FROM (
    SELECT
        contract_id,
        contract_line_id,
        customer_id,
        run_date,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
        coalesce(sum(amount) FILTER (WHERE billing_type = 'complimentary'), 0) AS complimentary_amount,
        coalesce(sum(tax_amount) FILTER (WHERE billing_type = 'chargeable'), 0) AS tax_amount,
        sum(billables) AS detail_count
    FROM invoicing.run_line
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
        AND reason = 'invoiced'
    GROUP BY contract_id, contract_line_id, customer_id, run_date
) AS drafted
INNER JOIN invoicing.invoice AS i
    ON
        drafted.contract_id = i.contract_id
        AND drafted.customer_id = i.customer_id
        AND drafted.run_date = i.run_date
        AND i.origin = 'scheduled'
        AND i.is_run_owned
ON CONFLICT (contract_id, invoice_id, contract_line_id) DO UPDATE SET
    chargeable_amount = excluded.chargeable_amount,
    non_chargeable_amount = excluded.non_chargeable_amount,
    complimentary_amount = excluded.complimentary_amount,
    tax_amount = excluded.tax_amount,
    detail_count = excluded.detail_count
WHERE
(
    line.chargeable_amount, line.non_chargeable_amount, line.complimentary_amount,
    line.tax_amount, line.detail_count
)
IS DISTINCT FROM
(
    excluded.chargeable_amount, excluded.non_chargeable_amount, excluded.complimentary_amount,
    excluded.tax_amount, excluded.detail_count
)
