-- Purpose: cancel the shares of customers who no longer share a milestone that bills otherwise now.
-- Parameters: recorded_at (reads changed_milestones).
-- Grain: one row per milestone and customer without a share; none of them is on an invoice, or the load had been refused.
-- May be repeated: a canceled share is not touched.
WITH sharer AS MATERIALIZED (
    SELECT
        changed.contract_id,
        changed.milestone_id,
        coalesce(changed.customer_id, customer.customer_id) AS customer_id
    FROM pg_temp.changed_milestones AS changed
    LEFT JOIN invoicing.contract_line_customer AS customer
        ON
            changed.contract_id = customer.contract_id
            AND changed.contract_line_id = customer.contract_line_id
            AND changed.customer_id IS NULL
            AND customer.split_percent > 0
    WHERE changed.difference = 'rebilled'
)

UPDATE invoicing.actual AS recorded
SET
    billing_status = 'canceled',
    recorded_at = :recorded_at
FROM pg_temp.changed_milestones AS changed
WHERE
    recorded.contract_id = changed.contract_id
    AND recorded.milestone_id = changed.milestone_id
    AND changed.difference = 'rebilled'
    AND recorded.kind = 'milestone'
    AND recorded.billing_status <> 'canceled'
    AND NOT EXISTS (
        SELECT FROM sharer
        WHERE
            sharer.contract_id = recorded.contract_id
            AND sharer.milestone_id = recorded.milestone_id
            AND sharer.customer_id = recorded.customer_id
    )
