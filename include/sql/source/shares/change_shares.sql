-- Purpose: bring the known shares of the changed sources up to date. What is billed stays as it was billed (record_later_shares).
-- Parameters: change_id (reads share).
-- Grain: one billable per source and customer.
-- May be repeated: a share that says the same already is not touched.
UPDATE invoicing.billable AS b
SET
    contract_line_id = share.contract_line_id,
    transaction_class = share.transaction_class,
    transaction_date = share.transaction_date,
    quantity = share.quantity,
    unit_price = share.unit_price,
    amount = share.amount,
    tax_amount = share.tax_amount,
    billing_type = share.billing_type,
    state = share.state,
    is_ready = share.is_ready,
    split_percent = share.split_percent,
    is_rounding_share = share.is_rounding_share,
    change_id = :change_id
FROM pg_temp.share AS share
WHERE
    b.contract_id = share.contract_id
    AND b.billable_id = share.billable_id
    AND b.state <> 'billed'
    AND (
        b.contract_line_id, b.transaction_class, b.transaction_date, b.quantity, b.unit_price, b.amount, b.tax_amount,
        b.billing_type, b.state, b.is_ready
    ) IS DISTINCT FROM (
        share.contract_line_id, share.transaction_class, share.transaction_date, share.quantity, share.unit_price,
        share.amount, share.tax_amount, share.billing_type, share.state, share.is_ready
    )
