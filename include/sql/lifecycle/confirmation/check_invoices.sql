-- Purpose: what stands against confirming invoices.
-- Parameters: invoice_ids, versions (as they were looked at, in the same order; null: any).
-- Grain: one row per invoice that is known.
-- May be repeated: reads only. What is materialized would be made anew for every invoice, if few were expected.
WITH asked AS MATERIALIZED (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.origin,
        i.status,
        i.invoice_number,
        i.version,
        i.chargeable_amount,
        i.non_chargeable_amount,
        i.complimentary_amount,
        i.tax_amount,
        named.version AS asked_version
    FROM unnest(cast(:invoice_ids AS uuid[]), cast(:versions AS bigint[])) AS named (invoice_id, version)
    INNER JOIN invoicing.invoice AS i ON named.invoice_id = i.invoice_id
),

summed AS MATERIALIZED (
    SELECT
        d.contract_id,
        d.invoice_id,
        sum(d.chargeable_amount) AS chargeable_amount,
        sum(d.non_chargeable_amount) AS non_chargeable_amount,
        sum(d.complimentary_amount) AS complimentary_amount,
        sum(d.tax_amount) AS tax_amount
    FROM asked
    INNER JOIN rules.detail_amount AS d ON asked.contract_id = d.contract_id AND asked.invoice_id = d.invoice_id
    GROUP BY d.contract_id, d.invoice_id
),

changed AS MATERIALIZED (
    SELECT
        compared.contract_id,
        compared.invoice_id,
        bool_or(
            compared.has_other_quantity OR compared.has_other_unit_price OR compared.has_other_amount OR compared.has_other_tax_amount
        ) AS is_changed
    FROM asked
    INNER JOIN rules.detail_difference AS compared ON asked.contract_id = compared.contract_id AND asked.invoice_id = compared.invoice_id
    WHERE asked.origin = 'corrective'
    GROUP BY compared.contract_id, compared.invoice_id
)

SELECT
    asked.contract_id,
    asked.invoice_id,
    asked.status,
    coalesce(asked.invoice_number, cast(asked.invoice_id AS text)) AS invoice_name,
    asked.version,
    asked.asked_version,
    asked.chargeable_amount,
    summed.chargeable_amount AS detail_amount,
    CASE
        WHEN asked.status IN ('confirmed', 'paid') THEN 'confirmed'
        WHEN asked.asked_version <> asked.version THEN 'changed'
        WHEN summed.invoice_id IS NULL THEN 'empty'
        WHEN
            (asked.chargeable_amount, asked.non_chargeable_amount, asked.complimentary_amount, asked.tax_amount)
            <> (summed.chargeable_amount, summed.non_chargeable_amount, summed.complimentary_amount, summed.tax_amount)
            THEN 'totals'
        WHEN asked.origin = 'corrective' AND NOT changed.is_changed THEN 'unchanged'
    END AS refusal
FROM asked
LEFT JOIN summed ON asked.contract_id = summed.contract_id AND asked.invoice_id = summed.invoice_id
LEFT JOIN changed ON asked.contract_id = changed.contract_id AND asked.invoice_id = changed.invoice_id
ORDER BY asked.contract_id ASC, asked.invoice_id ASC
