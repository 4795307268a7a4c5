-- Purpose: the drafts of a confirmation that need an approval and have none. Where the absolute totals of all its invoices come to
-- more than the limit in any currency, each draft needs one, at the version that it has; the last answer about it counts.
-- Parameters: invoice_ids (all of the confirmation, also what it has confirmed already), amount (the limit).
-- Grain: one row per draft.
-- May be repeated: reads only.
WITH moved AS MATERIALIZED (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.version,
        i.status,
        i.currency,
        i.total_amount
    FROM invoicing.invoice AS i
    WHERE i.invoice_id = any(cast(:invoice_ids AS uuid[]))
),

answered AS MATERIALIZED (
    SELECT DISTINCT ON (moved.contract_id, moved.invoice_id)
        moved.contract_id,
        moved.invoice_id,
        a.answer
    FROM moved
    INNER JOIN invoicing.approval_invoice AS ai
        ON moved.contract_id = ai.contract_id AND moved.invoice_id = ai.invoice_id AND moved.version = ai.version
    INNER JOIN invoicing.approval AS a ON ai.approval_id = a.approval_id
    WHERE a.answer IS NOT NULL
    ORDER BY moved.contract_id ASC, moved.invoice_id ASC, a.answer_change_id DESC
)

SELECT
    moved.contract_id,
    moved.invoice_id
FROM moved
LEFT JOIN answered ON moved.contract_id = answered.contract_id AND moved.invoice_id = answered.invoice_id
WHERE
    moved.status IN ('draft', 'in_review')
    AND answered.answer IS DISTINCT FROM 'approved'
    AND EXISTS (
        SELECT one.currency
        FROM moved AS one
        GROUP BY one.currency
        HAVING sum(abs(one.total_amount)) > cast(:amount AS numeric)
    )
ORDER BY moved.contract_id ASC, moved.invoice_id ASC
