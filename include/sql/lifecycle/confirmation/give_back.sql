-- Purpose: what confirmed corrections give back, to be billed again, by rules.detail_handling and rules.posting_rule: the next part of
-- the share of its source, not ready; of a milestone ready at once.
-- Parameters: accounting_date, change_id.
-- Grain: at most one billable per detail of the chosen invoices.
-- May be repeated: no; the invoices are confirmed in the same transaction.
INSERT INTO invoicing.billable (
    contract_id, contract_line_id, customer_id, source, transaction_id, milestone_id, part, is_sale, transaction_class,
    transaction_date, quantity, unit_price, amount, tax_amount, billing_type, is_ready, change_id, replaces_actual_id,
    accounting_date
)
SELECT
    given.contract_id,
    given.contract_line_id,
    given.customer_id,
    cast(
        CASE
            WHEN given.milestone_id IS NOT NULL THEN 'milestone'
            WHEN given.transaction_id IS NOT NULL THEN 'transaction'
            ELSE 'entry'
        END AS invoicing.billable_source
    ) AS source,
    given.transaction_id,
    given.milestone_id,
    coalesce(known.last_part, 1) + row_number() OVER (
        PARTITION BY given.contract_id, given.transaction_id, given.milestone_id, given.customer_id
        ORDER BY given.billable_id
    ) AS part,
    given.milestone_id IS NULL AS is_sale,
    given.transaction_class,
    given.transaction_date,
    given.consumed_quantity - given.quantity AS quantity,
    given.consumed_unit_price AS unit_price,
    given.consumed_amount - CASE
        WHEN given.consumed_quantity = 0 THEN 0
        ELSE round(given.consumed_amount * given.quantity / given.consumed_quantity, given.decimals)
    END AS amount,
    given.consumed_tax_amount - CASE
        WHEN given.consumed_quantity = 0 THEN 0
        ELSE round(given.consumed_tax_amount * given.quantity / given.consumed_quantity, given.decimals)
    END AS tax_amount,
    given.consumed_billing_type AS billing_type,
    given.milestone_id IS NOT NULL AS is_ready,
    cast(:change_id AS bigint) AS change_id,
    given.consumed_actual_id AS replaces_actual_id,
    cast(:accounting_date AS date) AS accounting_date
FROM (
    SELECT
        handled.*,
        chosen.decimals
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.detail_handling AS handled ON chosen.contract_id = handled.contract_id AND chosen.invoice_id = handled.invoice_id
    INNER JOIN rules.posting_rule AS rule ON handled.handling = rule.handling
    WHERE
        chosen.origin = 'corrective'
        AND rule.becomes = 'billable'
) AS given
LEFT JOIN LATERAL (
    SELECT max(b.part) AS last_part
    FROM invoicing.billable AS b
    WHERE
        b.contract_id = given.contract_id
        AND b.customer_id = given.customer_id
        AND (
            (b.source = 'transaction' AND b.transaction_id = given.transaction_id)
            OR (b.source = 'milestone' AND b.milestone_id = given.milestone_id)
        )
) AS known ON TRUE
