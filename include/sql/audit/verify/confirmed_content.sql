-- Purpose: confirmed invoices whose content is not the one that their confirmation sealed, or that took something in since.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH confirmed AS (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.invoice_number,
        i.seal
    FROM invoicing.invoice AS i
    WHERE
        i.run_date BETWEEN :from_date AND :to_date
        AND i.status IN ('confirmed', 'paid')
),

written AS (
    SELECT
        header.contract_id,
        header.invoice_id,
        1 AS part,
        cast(0 AS bigint) AS billable_id,
        '' AS name,
        header.content
    FROM confirmed AS i
    INNER JOIN rules.invoice_content AS header ON i.contract_id = header.contract_id AND i.invoice_id = header.invoice_id
    UNION ALL
    SELECT
        line.contract_id,
        line.invoice_id,
        2 AS part,
        cast(0 AS bigint) AS billable_id,
        line.contract_line_id AS name,
        line.content
    FROM confirmed AS i
    INNER JOIN rules.invoice_line_content AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
    UNION ALL
    SELECT
        detail.contract_id,
        detail.invoice_id,
        3 AS part,
        detail.billable_id,
        '' AS name,
        detail.content
    FROM confirmed AS i
    INNER JOIN rules.detail_content AS detail ON i.contract_id = detail.contract_id AND i.invoice_id = detail.invoice_id
    UNION ALL
    SELECT
        posted.contract_id,
        posted.invoice_id,
        4 AS part,
        posted.billable_id,
        posted.posting AS name,
        posted.content
    FROM confirmed AS i
    INNER JOIN rules.posting_content AS posted ON i.contract_id = posted.contract_id AND i.invoice_id = posted.invoice_id
),

found AS (
    SELECT
        contract_id,
        invoice_id,
        md5(string_agg(content, '' ORDER BY part ASC, billable_id ASC, name COLLATE "C" ASC)) AS seal
    FROM written
    GROUP BY contract_id, invoice_id
)

SELECT
    i.contract_id,
    i.invoice_id,
    format(
        'what invoice %s, its lines, its details or its actuals say has changed since it was confirmed: hash %s was sealed, %s is found',
        coalesce(i.invoice_number, cast(i.invoice_id AS text)), i.seal, found.seal
    ) AS message
FROM confirmed AS i
INNER JOIN found ON i.contract_id = found.contract_id AND i.invoice_id = found.invoice_id
WHERE i.seal IS DISTINCT FROM found.seal
ORDER BY i.contract_id ASC, i.invoice_id ASC
LIMIT :at_most
