-- Purpose: the step that cannot be taken back: from here on invoices are read-only. Their content is sealed with a hash, which
-- verify/confirmed_content recomputes.
-- Parameters: contract_ids, invoice_ids, confirmed_at.
-- Grain: one row per invoice.
-- May be repeated: no, a confirmed invoice refuses it.
UPDATE invoicing.invoice AS i
SET
    status = 'confirmed',
    version = i.version + 1,
    confirmed_at = :confirmed_at,
    content_hash = md5(invoicing.content_of(i) || c.content)
FROM (
    SELECT
        contract_id,
        invoice_id,
        string_agg(content, '' ORDER BY part ASC, actual_id ASC) AS content
    FROM (
        SELECT
            detail.contract_id,
            detail.invoice_id,
            detail.actual_id,
            1 AS part,
            invoicing.content_of(detail) AS content
        FROM invoicing.invoice_line_detail AS detail
        WHERE
            detail.contract_id = any(cast(:contract_ids AS text[]))
            AND detail.invoice_id = any(cast(:invoice_ids AS uuid[]))
        UNION ALL
        SELECT
            actual.contract_id,
            actual.invoice_id,
            actual.actual_id,
            2 AS part,
            invoicing.content_of(actual) AS content
        FROM invoicing.actual AS actual
        WHERE
            actual.contract_id = any(cast(:contract_ids AS text[]))
            AND actual.invoice_id = any(cast(:invoice_ids AS uuid[]))
            AND actual.posting NOT IN ('remainder', 'ready_again')
    ) AS written
    GROUP BY contract_id, invoice_id
) AS c
WHERE
    i.contract_id = c.contract_id
    AND i.invoice_id = c.invoice_id
