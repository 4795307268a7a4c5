-- Purpose: make open transactions and milestones ready to invoice, or not.
-- Parameters: contract_ids, to_status (unbilled, ready_to_invoice), changed_at, transaction_ids, milestone_ids (null: all),
-- transaction_classes, until (null: any).
-- Grain: open shares that no live invoice holds and that say otherwise.
-- May be repeated: yes.
UPDATE invoicing.actual AS a
SET
    billing_status = cast(:to_status AS invoicing.billing_status),
    recorded_at = :changed_at
WHERE
    a.contract_id = any(cast(:contract_ids AS text[]))
    AND a.kind IN ('unbilled_sales', 'milestone')
    AND a.billing_status IN ('unbilled', 'ready_to_invoice')
    AND a.billing_status <> cast(:to_status AS invoicing.billing_status)
    AND (
        (cast(:transaction_ids AS text[]) IS NULL AND cast(:milestone_ids AS text[]) IS NULL)
        OR a.transaction_id = any(cast(:transaction_ids AS text[]))
        OR a.milestone_id = any(cast(:milestone_ids AS text[]))
    )
    AND (cast(:until AS date) IS NULL OR a.transaction_date <= cast(:until AS date))
    AND (
        cast(:transaction_classes AS text[]) IS NULL
        OR cast(a.transaction_class AS text) = any(cast(:transaction_classes AS text[]))
    )
    AND NOT EXISTS (
        SELECT 1
        FROM invoicing.invoice_line_detail AS d
        WHERE
            d.contract_id = a.contract_id
            AND d.actual_id = a.actual_id
    )
