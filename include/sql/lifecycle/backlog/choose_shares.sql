-- Purpose: the open shares that a mark would change: those that no live invoice holds and that say otherwise. One that a limit has
-- failed is not ready, whatever its source says.
-- Parameters: contract_ids, transaction_ids, milestone_ids (null: all), transaction_classes, until, customer_ids, to_ready,
-- to_billing_type (null: any). Milestones are always chargeable.
-- Grain: one row per share in pg_temp.chosen_share.
-- May be repeated: the caller drops the table in the same transaction.
CREATE TEMPORARY TABLE chosen_share ON COMMIT DROP AS
SELECT
    b.contract_id,
    b.billable_id,
    b.is_ready AS was_ready
FROM rules.open_billable AS b
WHERE
    b.contract_id = any(cast(:contract_ids AS text[]))
    AND NOT b.is_held
    AND (
        b.is_ready <> cast(:to_ready AS boolean)
        OR (cast(:to_ready AS boolean) AND b.limit_status = 'failed')
        OR (b.billing_type <> cast(:to_billing_type AS invoicing.billing_type) AND b.source <> 'milestone')
    )
    AND (
        (cast(:transaction_ids AS text[]) IS NULL AND cast(:milestone_ids AS text[]) IS NULL)
        OR (b.source <> 'milestone' AND b.transaction_id = any(cast(:transaction_ids AS text[])))
        OR (b.source = 'milestone' AND b.milestone_id = any(cast(:milestone_ids AS text[])))
    )
    AND (cast(:customer_ids AS text[]) IS NULL OR b.customer_id = any(cast(:customer_ids AS text[])))
    AND (cast(:until AS date) IS NULL OR b.transaction_date <= cast(:until AS date))
    AND (
        cast(:transaction_classes AS text[]) IS NULL
        OR cast(b.transaction_class AS text) = any(cast(:transaction_classes AS text[]))
    )
