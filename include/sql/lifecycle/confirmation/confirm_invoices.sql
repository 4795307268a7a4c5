-- Purpose: the step that cannot be taken back: from here on invoices are read-only. Their content is sealed with a hash, which
-- verify recomputes.
-- Parameters: change_id, confirmed_at.
-- Grain: the chosen invoices.
-- May be repeated: no, a confirmed invoice refuses it.
UPDATE invoicing.invoice AS i
SET
    status = 'confirmed',
    version = cast(:change_id AS bigint),
    confirmed_at = cast(:confirmed_at AS timestamptz),
    seal = md5(invoicing.content_of(i) || sealed.content)
FROM (
    SELECT
        written.contract_id,
        written.invoice_id,
        string_agg(written.content, '' ORDER BY written.part ASC, written.billable_id ASC, written.posting ASC) AS content
    FROM (
        SELECT
            d.contract_id,
            d.invoice_id,
            d.billable_id,
            1 AS part,
            '' AS posting,
            invoicing.content_of(d) AS content
        FROM pg_temp.chosen_invoice AS chosen
        INNER JOIN invoicing.invoice_line_detail AS d
            ON chosen.contract_id = d.contract_id AND chosen.invoice_id = d.invoice_id
        UNION ALL
        SELECT
            p.contract_id,
            p.invoice_id,
            p.billable_id,
            2 AS part,
            p.posting,
            invoicing.content_of(p) AS content
        FROM pg_temp.chosen_invoice AS chosen
        INNER JOIN invoicing.posting AS p ON chosen.contract_id = p.contract_id AND chosen.invoice_id = p.invoice_id
    ) AS written
    GROUP BY written.contract_id, written.invoice_id
) AS sealed
WHERE
    i.contract_id = sealed.contract_id
    AND i.invoice_id = sealed.invoice_id
