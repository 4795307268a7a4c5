-- Purpose: add up what happens to the open shares of the due lines of a bucket, and why. Milestones only where they are invoiced:
-- they are in no accounting. With each sum go the shares that it is of, as they are to be written, so that what is written is what
-- was added up, and none of it is looked for twice. The id of an invoice derives from its key, so that a repeated day gives the same.
-- Parameters: attempt_id, bucket, first_slot, last_slot.
-- Grain: one row in run_line per line, customer, run date, reason, billing type, kind, and whether it stands on its draft already.
-- May be repeated: once the attempt's rows of this bucket are gone.
INSERT INTO invoicing.run_line (
    attempt_id, bucket, contract_id, contract_line_id, customer_id, invoice_id, run_date, reason, billing_type, is_sale,
    is_unchanged, billables, amount, tax_amount, billable_ids, quantities, unit_prices, amounts, tax_amounts
)
SELECT
    added.attempt_id,
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
    added.is_unchanged,
    added.billables,
    added.amount,
    added.tax_amount,
    coalesce(added.billable_ids, '{}') AS billable_ids,
    coalesce(added.quantities, '{}') AS quantities,
    coalesce(added.unit_prices, '{}') AS unit_prices,
    coalesce(added.amounts, '{}') AS amounts,
    coalesce(added.tax_amounts, '{}') AS tax_amounts
FROM (
    SELECT
        attempt_id,
        contract_id,
        contract_line_id,
        customer_id,
        run_date,
        reason,
        billing_type,
        is_sale,
        is_unchanged,
        count(*) AS billables,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount,
        array_agg(billable_id) FILTER (WHERE reason = 'invoiced') AS billable_ids,
        array_agg(quantity) FILTER (WHERE reason = 'invoiced' AND NOT is_unchanged) AS quantities,
        array_agg(unit_price) FILTER (WHERE reason = 'invoiced' AND NOT is_unchanged) AS unit_prices,
        array_agg(amount) FILTER (WHERE reason = 'invoiced' AND NOT is_unchanged) AS amounts,
        array_agg(tax_amount) FILTER (WHERE reason = 'invoiced' AND NOT is_unchanged) AS tax_amounts
    FROM rules.selection
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
        AND (is_sale OR reason = 'invoiced')
    GROUP BY attempt_id, contract_id, contract_line_id, customer_id, run_date, reason, billing_type, is_sale, is_unchanged
) AS added
INNER JOIN invoicing.project_contract AS c ON added.contract_id = c.contract_id
