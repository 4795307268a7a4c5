-- Purpose: what stands against marking transactions and milestones that were named: unknown, on a live invoice, or closed.
-- Parameters: contract_ids, transaction_ids, milestone_ids (lists, possibly empty), customer_ids (null: any).
-- Grain: one row per name. One that has an open share can be marked; what was billed of it before is no obstacle, a draft
-- that holds a share is.
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

share AS (
    SELECT
        'transaction' AS what,
        b.transaction_id AS name,
        b.contract_id,
        b.billable_id,
        b.state
    FROM invoicing.billable AS b
    WHERE
        b.contract_id = any(cast(:contract_ids AS text[]))
        AND b.source = 'transaction'
        AND b.transaction_id = any(cast(:transaction_ids AS text[]))
        AND (cast(:customer_ids AS text[]) IS NULL OR b.customer_id = any(cast(:customer_ids AS text[])))
    UNION ALL
    SELECT
        'milestone' AS what,
        b.milestone_id AS name,
        b.contract_id,
        b.billable_id,
        b.state
    FROM invoicing.billable AS b
    WHERE
        b.contract_id = any(cast(:contract_ids AS text[]))
        AND b.source = 'milestone'
        AND b.milestone_id = any(cast(:milestone_ids AS text[]))
        AND (cast(:customer_ids AS text[]) IS NULL OR b.customer_id = any(cast(:customer_ids AS text[])))
),

held AS (
    SELECT
        share.what,
        share.name,
        share.contract_id,
        i.invoice_id,
        i.status,
        CASE
            WHEN share.state = 'open' AND i.invoice_id IS NOT NULL THEN 'on_a_draft'
            ELSE cast(share.state AS text)
        END AS finding
    FROM share
    LEFT JOIN invoicing.invoice_line_detail AS d
        ON share.contract_id = d.contract_id AND share.billable_id = d.billable_id
    LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
)

SELECT DISTINCT ON (named.what, named.name)
    named.what,
    named.name,
    held.contract_id,
    held.invoice_id,
    held.status,
    coalesce(held.finding, 'unknown') AS finding
FROM named
LEFT JOIN held ON named.what = held.what AND named.name = held.name
ORDER BY
    named.what ASC,
    named.name ASC,
    CASE held.finding WHEN 'on_a_draft' THEN 1 WHEN 'open' THEN 2 ELSE 3 END ASC,
    held.contract_id ASC
