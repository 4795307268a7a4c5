-- Purpose: what corrections gave back of the shares of changed sources follows them: it is what the source says now, less all other
--          pieces of the share, each at the source's price, and never less than nothing. What nothing is left of is canceled.
-- Parameters: change_id (reads changed_source, given_back, share, contract_currencies).
-- Grain: one billable per source and customer.
-- May be repeated: a part that says the same already is not touched.
WITH whole AS (
    SELECT
        share.*,
        given.billable_id AS part_id,
        contract.decimals,
        CASE WHEN changed.says_billing_type THEN share.billing_type ELSE given.billing_type END AS part_billing_type,
        given.share_id,
        CASE
            WHEN changed.says_status THEN share.is_ready
            ELSE given.is_ready AND given.state <> 'canceled'
        END AS part_is_ready
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

taken AS MATERIALIZED (
    SELECT
        whole.contract_id,
        whole.part_id,
        sum(piece.quantity) AS quantity,
        sum(rules.at_source_price(piece.amount, piece.quantity, whole.amount, whole.quantity, whole.decimals)) AS amount,
        sum(rules.at_source_price(piece.tax_amount, piece.quantity, whole.tax_amount, whole.quantity, whole.decimals)) AS tax_amount
    FROM whole
    INNER JOIN rules.share_piece AS piece ON whole.contract_id = piece.contract_id AND whole.share_id = piece.share_id
    WHERE piece.part_id IS DISTINCT FROM whole.part_id
    GROUP BY whole.contract_id, whole.part_id
),

left_over AS (
    SELECT
        whole.*,
        whole.quantity - coalesce(taken.quantity, 0) AS left_quantity,
        whole.amount - coalesce(taken.amount, 0) AS left_amount,
        whole.tax_amount - coalesce(taken.tax_amount, 0) AS left_tax_amount
    FROM whole
    LEFT JOIN taken ON whole.contract_id = taken.contract_id AND whole.part_id = taken.part_id
),

-- Of a source without a quantity its figures say how much is left.
counted AS (
    SELECT
        *,
        sign(quantity) * sign(left_quantity) > 0 AS has_quantity,
        sign(CASE quantity WHEN 0 THEN amount ELSE quantity END) * sign(CASE quantity WHEN 0 THEN left_amount ELSE left_quantity END) > 0
            AS has_amount,
        sign(CASE quantity WHEN 0 THEN tax_amount ELSE quantity END) * sign(CASE quantity WHEN 0 THEN left_tax_amount ELSE left_quantity END) > 0
            AS has_tax_amount
    FROM left_over
),

rest AS (
    SELECT
        contract_id,
        part_id AS billable_id,
        contract_line_id,
        transaction_class,
        transaction_date,
        CASE WHEN has_quantity THEN left_quantity ELSE 0 END AS quantity,
        unit_price,
        CASE WHEN has_amount THEN left_amount ELSE 0 END AS amount,
        CASE WHEN has_tax_amount THEN left_tax_amount ELSE 0 END AS tax_amount,
        part_billing_type AS billing_type,
        CASE WHEN has_quantity OR has_amount OR has_tax_amount THEN state ELSE 'canceled' END AS state,
        part_is_ready AS is_ready
    FROM counted
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
