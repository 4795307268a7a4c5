-- Purpose: the milestones of a load that bill otherwise than the warehouse has it, before they are taken over.
-- Parameters: none (reads changed_milestones, fills changed_source).
-- Grain: one row per milestone that is new, or differs in something that bills.
-- May be repeated: once a load.
INSERT INTO pg_temp.changed_source (
    source, contract_id, source_id, file_line, contract_line_id, customer_id, transaction_class, transaction_date, quantity,
    amount, tax_amount, billing_type, billing_status, says_status, says_billing_type
)
SELECT
    'milestone' AS source,
    changed.contract_id,
    changed.milestone_id AS source_id,
    changed.file_line,
    changed.contract_line_id,
    changed.customer_id,
    'milestone' AS transaction_class,
    changed.milestone_date AS transaction_date,
    1 AS quantity,
    changed.amount,
    changed.tax_amount,
    'chargeable' AS billing_type,
    changed.billing_status,
    changed.is_new OR changed.billing_status <> m.billing_status AS says_status,
    changed.is_new AS says_billing_type
FROM pg_temp.changed_milestones AS changed
LEFT JOIN invoicing.milestone AS m ON changed.contract_id = m.contract_id AND changed.milestone_id = m.milestone_id
WHERE
    changed.is_new
    OR (
        changed.contract_line_id, changed.customer_id, changed.milestone_date, changed.amount, changed.tax_amount,
        changed.billing_status
    ) IS DISTINCT FROM (
        m.contract_line_id, m.customer_id, m.milestone_date, m.amount, m.tax_amount, m.billing_status
    )
