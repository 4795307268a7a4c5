-- Purpose: confirmed invoices whose content is not the one that their confirmation sealed (lifecycle/confirm/confirm_invoices).
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.invoice_number,
        i.content_hash,
        invoicing.content_of(i) AS content
    FROM invoicing.invoice AS i
    WHERE
        i.run_date BETWEEN :from_date AND :to_date
        AND i.status IN ('confirmed', 'paid')
),

detail AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        string_agg(invoicing.content_of(d), '' ORDER BY d.actual_id) AS content
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN confirmed AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    GROUP BY d.contract_id, d.invoice_id
),

actual AS (
    SELECT
        a.contract_id,
        a.invoice_id,
        string_agg(invoicing.content_of(a), '' ORDER BY a.actual_id) AS content
    FROM invoicing.actual AS a
    INNER JOIN confirmed AS i ON a.contract_id = i.contract_id AND a.invoice_id = i.invoice_id
    WHERE a.posting NOT IN ('remainder', 'ready_again')
    GROUP BY a.contract_id, a.invoice_id
),

compared AS (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.invoice_number,
        i.content_hash,
        md5(i.content || coalesce(d.content, '') || coalesce(a.content, '')) AS found_hash
    FROM confirmed AS i
    LEFT JOIN detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    LEFT JOIN actual AS a ON i.contract_id = a.contract_id AND i.invoice_id = a.invoice_id
)

SELECT
    contract_id,
    invoice_id,
    format(
        'what invoice %s, its details or its actuals say has changed since it was confirmed: hash %s was sealed, %s is found',
        invoice_number, content_hash, found_hash
    ) AS message
FROM compared
WHERE content_hash IS DISTINCT FROM found_hash
ORDER BY contract_id ASC, invoice_id ASC
LIMIT :at_most
