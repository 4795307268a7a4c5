-- Purpose: what corrections gave back of the shares of changed sources follows them: it is what the source says now, less what is
--          taken of it elsewhere, and never less than nothing; its amounts are that part of the source's (data contract 1.4).
--          What nothing is left of is canceled.
-- Parameters: change_id (reads changed_source, given_back, share, contract_currencies).
-- Grain: one billable per source and customer.
-- May be repeated: a part that says the same already is not touched.
WITH whole AS (
    SELECT
        share.*,
        given.billable_id AS part_id,
        contract.decimals,
        CASE WHEN changed.says_billing_type THEN share.billing_type ELSE given.billing_type END AS part_billing_type,
        CASE
            WHEN changed.says_status THEN share.is_ready
            ELSE given.is_ready AND given.state <> 'canceled'
        END AS part_is_ready,
        CASE
            WHEN share.quantity < 0 THEN least(share.quantity - given.taken_quantity, 0)
            ELSE greatest(share.quantity - given.taken_quantity, 0)
        END AS part_quantity
    FROM pg_temp.given_back AS given
    INNER JOIN pg_temp.share AS share
        ON
            given.contract_id = share.contract_id
            AND given.source = share.source
            AND given.source_id = share.source_id
            AND given.customer_id = share.customer_id
    INNER JOIN pg_temp.changed_source AS changed
        ON
            given.contract_id = changed.contract_id
            AND given.source = changed.source
            AND given.source_id = changed.source_id
    INNER JOIN pg_temp.contract_currencies AS contract ON given.contract_id = contract.contract_id
    WHERE given.is_latest
),

reckoned AS (
    SELECT
        *,
        amount - coalesce(round(amount * (quantity - part_quantity) / nullif(quantity, 0), decimals), 0) AS part_amount,
        tax_amount - coalesce(round(tax_amount * (quantity - part_quantity) / nullif(quantity, 0), decimals), 0)
            AS part_tax_amount
    FROM whole
),

rest AS (
    SELECT
        contract_id,
        part_id AS billable_id,
        contract_line_id,
        transaction_class,
        transaction_date,
        part_quantity AS quantity,
        unit_price,
        part_amount AS amount,
        part_tax_amount AS tax_amount,
        part_billing_type AS billing_type,
        CASE WHEN (part_quantity, part_amount, part_tax_amount) = (0, 0, 0) THEN 'canceled' ELSE state END AS state,
        part_is_ready AS is_ready
    FROM reckoned
)

UPDATE invoicing.billable AS b
SET
    contract_line_id = rest.contract_line_id,
    transaction_class = rest.transaction_class,
    transaction_date = rest.transaction_date,
    quantity = rest.quantity,
    unit_price = rest.unit_price,
    amount = rest.amount,
    tax_amount = rest.tax_amount,
    billing_type = rest.billing_type,
    state = rest.state,
    is_ready = rest.is_ready,
    change_id = :change_id
FROM rest
WHERE
    b.contract_id = rest.contract_id
    AND b.billable_id = rest.billable_id
    AND (
        b.contract_line_id, b.transaction_class, b.transaction_date, b.quantity, b.unit_price, b.amount, b.tax_amount,
        b.billing_type, b.state, b.is_ready
    ) IS DISTINCT FROM (
        rest.contract_line_id, rest.transaction_class, rest.transaction_date, rest.quantity, rest.unit_price,
        rest.amount, rest.tax_amount, rest.billing_type, rest.state, rest.is_ready
    )
