-- Purpose: seal what the chosen invoices say with a hash, which verify recomputes: from here on nothing is written into them.
-- Parameters: none.
-- Grain: the chosen invoices.
-- May be repeated: no, a sealed invoice refuses it.
WITH written AS (
    SELECT
        header.contract_id,
        header.invoice_id,
        1 AS part,
        cast(0 AS bigint) AS billable_id,
        '' AS name,
        header.content
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.invoice_content AS header ON chosen.contract_id = header.contract_id AND chosen.invoice_id = header.invoice_id
    UNION ALL
    SELECT
        line.contract_id,
        line.invoice_id,
        2 AS part,
        cast(0 AS bigint) AS billable_id,
        line.contract_line_id AS name,
        line.content
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.invoice_line_content AS line ON chosen.contract_id = line.contract_id AND chosen.invoice_id = line.invoice_id
    UNION ALL
    SELECT
        detail.contract_id,
        detail.invoice_id,
        3 AS part,
        detail.billable_id,
        '' AS name,
        detail.content
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.detail_content AS detail ON chosen.contract_id = detail.contract_id AND chosen.invoice_id = detail.invoice_id
    UNION ALL
    SELECT
        posted.contract_id,
        posted.invoice_id,
        4 AS part,
        posted.billable_id,
        posted.posting AS name,
        posted.content
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.posting_content AS posted ON chosen.contract_id = posted.contract_id AND chosen.invoice_id = posted.invoice_id
),

-- Computed before the update, which on Citus takes nothing whose text depends on a session.
sealed AS MATERIALIZED (
    SELECT
        contract_id,
        invoice_id,
        md5(string_agg(content, '' ORDER BY part ASC, billable_id ASC, name COLLATE "C" ASC)) AS seal
    FROM written
    GROUP BY contract_id, invoice_id
)

UPDATE invoicing.invoice AS i
SET seal = sealed.seal
FROM sealed
WHERE
    i.contract_id = sealed.contract_id
    AND i.invoice_id = sealed.invoice_id
