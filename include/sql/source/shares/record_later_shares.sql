-- Purpose: what a changed source says now of shares that were billed before is recorded beside them; a customer who has no share any
--          more has one of nothing, canceled.
-- Parameters: change_id (reads known_share, share).
-- Grain: one row in later_share per billed share whose source says something else than it said last.
-- May be repeated: yes, with the same result.
INSERT INTO invoicing.later_share (
    contract_id, billable_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount,
    tax_amount, billing_type, state, split_percent, is_rounding_share, change_id
)
SELECT
    known.contract_id,
    known.billable_id,
    coalesce(share.contract_line_id, known.contract_line_id) AS contract_line_id,
    coalesce(share.transaction_class, known.transaction_class) AS transaction_class,
    coalesce(share.transaction_date, known.transaction_date) AS transaction_date,
    coalesce(share.quantity, 0) AS quantity,
    coalesce(share.unit_price, known.unit_price) AS unit_price,
    coalesce(share.amount, 0) AS amount,
    coalesce(share.tax_amount, 0) AS tax_amount,
    coalesce(share.billing_type, known.billing_type) AS billing_type,
    coalesce(share.state, 'canceled') AS state,
    share.split_percent,
    share.is_rounding_share,
    cast(:change_id AS bigint) AS change_id
FROM pg_temp.known_share AS known
LEFT JOIN pg_temp.share AS share ON known.contract_id = share.contract_id AND known.billable_id = share.billable_id
WHERE
    known.state = 'billed'
    AND (
        share.contract_line_id, share.transaction_class, share.transaction_date, share.quantity, share.unit_price, share.amount,
        share.tax_amount, share.billing_type, share.state
    ) IS DISTINCT FROM (
        known.contract_line_id, known.transaction_class, known.transaction_date, known.quantity, known.unit_price, known.amount,
        known.tax_amount, known.billing_type, known.source_state
    )
ON CONFLICT (contract_id, billable_id) DO UPDATE
    SET
        contract_line_id = excluded.contract_line_id,
        transaction_class = excluded.transaction_class,
        transaction_date = excluded.transaction_date,
        quantity = excluded.quantity,
        unit_price = excluded.unit_price,
        amount = excluded.amount,
        tax_amount = excluded.tax_amount,
        billing_type = excluded.billing_type,
        state = excluded.state,
        split_percent = excluded.split_percent,
        is_rounding_share = excluded.is_rounding_share,
        change_id = excluded.change_id
