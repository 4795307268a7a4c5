-- Purpose: what each customer's share of the changed transactions and milestones is to say (data contract 1.1): the customer
--          that the source names, else all customers of its line in their percents, of which the rounding customer gets
--          exactly what remains. What a person marked stands, unless the source's own value of it is new, or the share had
--          ended and is taken up again.
-- Parameters: none (reads changed_source, kept_split, known_share, contract_currencies).
-- Grain: one row per source and customer with a share; billable_id is null where it is new.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE share ON COMMIT DROP AS
WITH sharer AS (
    SELECT
        changed.*,
        changed.customer_id AS sharer_id,
        NULL AS split_percent,
        NULL AS is_rounding_share
    FROM pg_temp.changed_source AS changed
    WHERE changed.customer_id IS NOT NULL
    UNION ALL
    SELECT
        changed.*,
        kept.customer_id AS sharer_id,
        kept.split_percent,
        kept.is_rounding_share
    FROM pg_temp.changed_source AS changed
    INNER JOIN pg_temp.kept_split AS kept
        ON changed.source = kept.source AND changed.contract_id = kept.contract_id AND changed.source_id = kept.source_id
    UNION ALL
    SELECT
        changed.*,
        lc.customer_id AS sharer_id,
        lc.split_percent,
        lc.is_rounding_customer AS is_rounding_share
    FROM pg_temp.changed_source AS changed
    INNER JOIN invoicing.contract_line_customer AS lc
        ON changed.contract_id = lc.contract_id AND changed.contract_line_id = lc.contract_line_id
    LEFT JOIN pg_temp.kept_split AS kept
        ON changed.source = kept.source AND changed.contract_id = kept.contract_id AND changed.source_id = kept.source_id
    WHERE
        changed.customer_id IS NULL
        AND lc.split_percent > 0
        AND kept.source_id IS NULL
),

part AS (
    SELECT
        sharer.*,
        coalesce(sharer.is_rounding_share, TRUE) AS takes_the_rest,
        CASE
            WHEN sharer.source = 'milestone' THEN 1
            ELSE round(sharer.quantity * coalesce(sharer.split_percent, 100) * 0.01, 4)
        END AS part_quantity,
        rules.rounded(sharer.amount * coalesce(sharer.split_percent, 100) * 0.01, contract.decimals) AS part_amount,
        rules.rounded(sharer.tax_amount * coalesce(sharer.split_percent, 100) * 0.01, contract.decimals) AS part_tax_amount
    FROM sharer
    INNER JOIN pg_temp.contract_currencies AS contract ON sharer.contract_id = contract.contract_id
),

-- What remains is the whole, less what all the others get.
rounded AS (
    SELECT
        *,
        CASE
            WHEN takes_the_rest AND source = 'transaction' THEN quantity - (sum(part_quantity) OVER whole - part_quantity)
            ELSE part_quantity
        END AS share_quantity,
        CASE
            WHEN takes_the_rest THEN amount - (sum(part_amount) OVER whole - part_amount)
            ELSE part_amount
        END AS share_amount,
        CASE
            WHEN takes_the_rest THEN tax_amount - (sum(part_tax_amount) OVER whole - part_tax_amount)
            ELSE part_tax_amount
        END AS share_tax_amount
    FROM part
    WINDOW whole AS (PARTITION BY source, contract_id, source_id)
)

SELECT
    known.billable_id,
    rounded.source,
    rounded.contract_id,
    rounded.source_id,
    rounded.sharer_id AS customer_id,
    rounded.contract_line_id,
    rounded.transaction_class,
    rounded.transaction_date,
    rounded.share_quantity AS quantity,
    coalesce(rounded.unit_price, rounded.share_amount) AS unit_price,
    rounded.share_amount AS amount,
    rounded.share_tax_amount AS tax_amount,
    CASE
        WHEN rounded.says_billing_type OR known.state IS NULL OR known.state = 'canceled' THEN rounded.billing_type
        ELSE known.billing_type
    END AS billing_type,
    CASE
        WHEN NOT rounded.says_status AND known.state IN ('open', 'billed_elsewhere') THEN known.state
        WHEN rounded.billing_status = 'canceled' THEN 'canceled'
        WHEN rounded.billing_status = 'invoice_posted' THEN 'billed_elsewhere'
        ELSE 'open'
    END AS state,
    CASE
        WHEN NOT rounded.says_status AND known.state IN ('open', 'billed_elsewhere') THEN known.is_ready
        ELSE rounded.billing_status = 'ready_to_invoice'
    END AS is_ready,
    rounded.split_percent,
    rounded.is_rounding_share
FROM rounded
LEFT JOIN pg_temp.known_share AS known
    ON
        rounded.source = known.source
        AND rounded.contract_id = known.contract_id
        AND rounded.source_id = known.source_id
        AND rounded.sharer_id = known.customer_id
