-- Purpose: what somebody has asked for already and nobody has answered: an approval of exactly these drafts, as they are now.
-- Parameters: invoice_ids, changed_by (who asks).
-- Grain: at most one row.
-- May be repeated: reads only.
WITH wanted AS MATERIALIZED (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.version
    FROM invoicing.invoice AS i
    WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
),

compared AS MATERIALIZED (
    SELECT
        ai.approval_id,
        count(*) AS drafts,
        count(wanted.invoice_id) AS same
    FROM invoicing.approval_invoice AS ai
    INNER JOIN invoicing.approval AS a ON ai.approval_id = a.approval_id
    INNER JOIN invoicing.change AS ch ON a.change_id = ch.change_id
    LEFT JOIN wanted
        ON ai.contract_id = wanted.contract_id AND ai.invoice_id = wanted.invoice_id AND ai.version = wanted.version
    WHERE
        a.answer IS NULL
        AND ch.changed_by = cast(:changed_by AS text)
    GROUP BY ai.approval_id
)

SELECT max(compared.approval_id) AS approval_id
FROM compared
WHERE
    compared.drafts = compared.same
    AND compared.drafts = (SELECT count(*) FROM wanted)
HAVING count(*) > 0
