-- Purpose: what stands against confirming invoices.
-- Parameters: invoice_ids, versions (as they were looked at, in the same order; null: any).
-- Grain: one row per invoice that was named; status is null for one that is not known.
-- May be repeated: reads only. What is materialized would be made anew for every invoice, if few were expected.
WITH asked AS (
    SELECT
        invoice_id,
        version
    FROM unnest(cast(:invoice_ids AS uuid[]), cast(:versions AS integer[])) AS named (invoice_id, version)
),

invoice AS MATERIALIZED (
    SELECT *
    FROM invoicing.invoice
    WHERE invoice_id = any(cast(:invoice_ids AS uuid[]))
),

summed AS MATERIALIZED (
    SELECT
        d.contract_id,
        d.invoice_id,
        count(*) AS detail_count,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.amount ELSE 0 END) AS chargeable_amount,
        sum(CASE WHEN d.billing_type = 'non_chargeable' THEN d.amount ELSE 0 END) AS non_chargeable_amount,
        sum(CASE WHEN d.billing_type = 'complimentary' THEN d.amount ELSE 0 END) AS complimentary_amount,
        sum(CASE WHEN d.billing_type = 'chargeable' THEN d.tax_amount ELSE 0 END) AS tax_amount,
        bool_or(
            (d.quantity, d.unit_price, d.amount, d.tax_amount) <> (a.quantity, a.unit_price, 0, 0)
        ) AS is_changed
    FROM invoice AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
    GROUP BY d.contract_id, d.invoice_id
)

SELECT
    asked.invoice_id,
    i.contract_id,
    i.status,
    i.invoice_number,
    i.version,
    asked.version AS asked_version,
    i.chargeable_amount,
    s.chargeable_amount AS detail_amount,
    CASE
        WHEN i.invoice_id IS NULL THEN 'unknown'
        WHEN i.status IN ('confirmed', 'paid') THEN 'confirmed'
        WHEN asked.version <> i.version THEN 'changed'
        WHEN s.invoice_id IS NULL THEN 'empty'
        WHEN
            (i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount)
            <> (s.chargeable_amount, s.non_chargeable_amount, s.complimentary_amount, s.tax_amount)
            THEN 'totals'
        WHEN i.origin = 'corrective' AND NOT s.is_changed THEN 'unchanged'
    END AS refusal
FROM asked
LEFT JOIN invoice AS i ON asked.invoice_id = i.invoice_id
LEFT JOIN summed AS s ON i.contract_id = s.contract_id AND i.invoice_id = s.invoice_id
ORDER BY i.contract_id ASC, asked.invoice_id ASC
