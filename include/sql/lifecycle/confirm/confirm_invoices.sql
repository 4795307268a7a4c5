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
    content_hash = md5(invoicing.content_of(i) || coalesce(d.content, '') || coalesce(a.content, ''))
FROM (
    SELECT
        contract_id,
        invoice_id,
        string_agg(invoicing.content_of(detail), '' ORDER BY actual_id) AS content
    FROM invoicing.invoice_line_detail AS detail
    WHERE
        contract_id = any(cast(:contract_ids AS text[]))
        AND invoice_id = any(cast(:invoice_ids AS uuid[]))
    GROUP BY contract_id, invoice_id
) AS d
LEFT JOIN (
    SELECT
        contract_id,
        invoice_id,
        string_agg(invoicing.content_of(actual), '' ORDER BY actual_id) AS content
    FROM invoicing.actual AS actual
    WHERE
        contract_id = any(cast(:contract_ids AS text[]))
        AND invoice_id = any(cast(:invoice_ids AS uuid[]))
        AND posting NOT IN ('remainder', 'ready_again')
    GROUP BY contract_id, invoice_id
) AS a ON d.contract_id = a.contract_id AND d.invoice_id = a.invoice_id
WHERE
    i.contract_id = d.contract_id
    AND i.invoice_id = d.invoice_id
