-- Purpose: milestones of the warehouse that were recorded as nobody's, since their line had no customers to bill; now
--          that it has, they are recorded too.
-- Parameters: none (reads line_splits and staged_milestones, adds to changed_milestones, without file_line).
-- Grain: one row per milestone that is not in the delivered.
-- May be repeated: once a load.
INSERT INTO pg_temp.changed_milestones (
    contract_id, milestone_id, contract_line_id, customer_id, milestone_date, amount, tax_amount, billing_status, difference
)
SELECT
    waiting.contract_id,
    waiting.milestone_id,
    waiting.contract_line_id,
    waiting.customer_id,
    waiting.milestone_date,
    waiting.amount,
    waiting.tax_amount,
    waiting.billing_status,
    'waiting' AS difference
FROM invoicing.milestone AS waiting
INNER JOIN pg_temp.line_splits AS split
    ON waiting.contract_id = split.contract_id AND waiting.contract_line_id = split.contract_line_id
LEFT JOIN pg_temp.staged_milestones AS delivered
    ON waiting.contract_id = delivered.contract_id AND waiting.milestone_id = delivered.milestone_id
WHERE
    NOT split.was_shared
    AND waiting.customer_id IS NULL
    AND delivered.contract_id IS NULL
