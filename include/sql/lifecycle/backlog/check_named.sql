-- Purpose: what stands against marking transactions and milestones that were named: unknown, on a live invoice, or closed.
-- Parameters: contract_ids, transaction_ids, milestone_ids (lists, possibly empty).
-- Grain: one row per share of what was named, or per name that is not known; finding is null where nothing stands against it.
-- May be repeated: reads only.
WITH named AS (
    SELECT
        'transaction' AS what,
        unnest(cast(:transaction_ids AS text[])) AS name
    UNION ALL
    SELECT
        'milestone' AS what,
        unnest(cast(:milestone_ids AS text[])) AS name
),

known AS (
    SELECT
        a.contract_id,
        a.actual_id,
        a.billing_status,
        coalesce(a.transaction_id, a.milestone_id) AS name,
        CASE WHEN a.kind = 'milestone' THEN 'milestone' ELSE 'transaction' END AS what
    FROM invoicing.actual AS a
    WHERE
        a.contract_id = any(cast(:contract_ids AS text[]))
        AND a.kind IN ('unbilled_sales', 'milestone')
        AND a.reverses_actual_id IS NULL
        AND (
            a.transaction_id = any(cast(:transaction_ids AS text[]))
            OR a.milestone_id = any(cast(:milestone_ids AS text[]))
        )
),

judged AS (
    SELECT
        n.what,
        n.name,
        k.contract_id,
        i.invoice_id,
        i.status,
        CASE
            WHEN k.actual_id IS NULL THEN 'unknown'
            WHEN k.billing_status = 'invoice_posted' THEN 'posted'
            WHEN k.billing_status = 'canceled' THEN 'canceled'
            WHEN d.actual_id IS NOT NULL THEN 'on_a_draft'
            ELSE 'open'
        END AS finding
    FROM named AS n
    LEFT JOIN known AS k ON n.what = k.what AND n.name = k.name
    LEFT JOIN invoicing.invoice_line_detail AS d ON k.contract_id = d.contract_id AND k.actual_id = d.actual_id
    LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
)

-- One that has an open share can be marked; what was billed of it before is no obstacle, a draft that holds a share is.
SELECT DISTINCT ON (what, name)
    what,
    name,
    contract_id,
    invoice_id,
    status,
    finding
FROM judged
ORDER BY what ASC, name ASC, CASE finding WHEN 'on_a_draft' THEN 1 WHEN 'open' THEN 2 ELSE 3 END ASC, contract_id ASC
