-- Purpose: transactions and milestones that were recorded as nobody's, since their line had no customers to bill, and now has.
-- Parameters: none (reads line_splits, adds to changed_source, before the files are taken over).
-- Grain: one row per transaction or milestone of such a line that did not change itself.
-- May be repeated: once a load.
INSERT INTO pg_temp.changed_source (
    source, contract_id, source_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount,
    tax_amount, billing_type, billing_status, says_status, says_billing_type
)
WITH waiting AS (
    SELECT
        cast('transaction' AS invoicing.billable_source) AS source,
        t.contract_id,
        t.transaction_id AS source_id,
        t.contract_line_id,
        t.transaction_class,
        t.transaction_date,
        t.quantity,
        t.unit_price,
        t.amount,
        t.tax_amount,
        t.billing_type,
        cast(t.billing_status AS text) AS billing_status
    FROM pg_temp.line_splits AS split
    INNER JOIN invoicing.transaction AS t
        ON split.contract_id = t.contract_id AND split.contract_line_id = t.contract_line_id
    WHERE NOT split.was_shared AND t.customer_id IS NULL
    UNION ALL
    SELECT
        cast('milestone' AS invoicing.billable_source) AS source,
        m.contract_id,
        m.milestone_id AS source_id,
        m.contract_line_id,
        cast('milestone' AS invoicing.transaction_class) AS transaction_class,
        m.milestone_date AS transaction_date,
        1 AS quantity,
        NULL AS unit_price,
        m.amount,
        m.tax_amount,
        cast('chargeable' AS invoicing.billing_type) AS billing_type,
        m.billing_status
    FROM pg_temp.line_splits AS split
    INNER JOIN invoicing.milestone AS m
        ON split.contract_id = m.contract_id AND split.contract_line_id = m.contract_line_id
    WHERE NOT split.was_shared AND m.customer_id IS NULL
)

SELECT
    waiting.*,
    TRUE AS says_status,
    TRUE AS says_billing_type
FROM waiting
LEFT JOIN pg_temp.changed_source AS changed
    ON
        waiting.source = changed.source
        AND waiting.contract_id = changed.contract_id
        AND waiting.source_id = changed.source_id
WHERE changed.source_id IS NULL
