-- Purpose: what confirmed corrections give back, to be billed again, by rules.detail_handling and rules.posting_rule: what the source of
-- a share has by now that nothing bills, writes off or holds open, each piece at the source's price. A source of nothing comes back
-- with a full credit, and follows what it says later. Not ready; of a milestone ready at once; what the source canceled stays so.
-- Parameters: accounting_date, change_id (reads chosen_invoice, after its actuals are posted and what it bills is closed).
-- Grain: at most one billable per share that the chosen corrections credit, in place of the first sale that they take back.
-- May be repeated: no; the invoices are confirmed in the same transaction.
INSERT INTO invoicing.billable (
    contract_id, contract_line_id, customer_id, source, transaction_id, milestone_id, part, is_sale, transaction_class,
    transaction_date, quantity, unit_price, amount, tax_amount, billing_type, state, is_ready, change_id, replaces_actual_id,
    accounting_date, share_id
)
WITH credit AS MATERIALIZED (
    SELECT DISTINCT ON (handled.contract_id, handled.share_id)
        handled.contract_id,
        handled.share_id,
        handled.part,
        handled.consumed_actual_id,
        handled.is_nothing,
        chosen.decimals
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.detail_handling AS handled
        ON chosen.contract_id = handled.contract_id AND chosen.invoice_id = handled.invoice_id
    INNER JOIN rules.posting_rule AS rule ON handled.handling = rule.handling
    WHERE
        chosen.origin = 'corrective'
        AND rule.becomes = 'billable'
    ORDER BY handled.contract_id ASC, handled.share_id ASC, handled.billable_id ASC
),

share AS MATERIALIZED (
    SELECT
        now.*,
        credit.consumed_actual_id,
        credit.is_nothing,
        credit.decimals
    FROM credit
    INNER JOIN rules.share_now AS now ON credit.contract_id = now.contract_id AND credit.share_id = now.share_id
),

taken AS MATERIALIZED (
    SELECT
        share.contract_id,
        share.share_id,
        sum(piece.quantity) AS quantity,
        sum(rules.at_source_price(piece.amount, piece.quantity, share.amount, share.quantity, share.decimals)) AS amount,
        sum(rules.at_source_price(piece.tax_amount, piece.quantity, share.tax_amount, share.quantity, share.decimals)) AS tax_amount
    FROM share
    INNER JOIN rules.share_piece AS piece ON share.contract_id = piece.contract_id AND share.share_id = piece.share_id
    GROUP BY share.contract_id, share.share_id
),

-- The parts that were given back before: how many, and the billing type of the one that was billed.
given AS MATERIALIZED (
    SELECT
        b.contract_id,
        b.share_id,
        max(b.part) AS last_part,
        min(b.billing_type) FILTER (WHERE b.part = credit.part) AS billing_type
    FROM credit
    INNER JOIN invoicing.billable AS b ON credit.contract_id = b.contract_id AND credit.share_id = b.share_id
    WHERE b.source <> 'correction'
    GROUP BY b.contract_id, b.share_id
)

SELECT
    share.contract_id,
    share.contract_line_id,
    share.customer_id,
    share.source,
    share.transaction_id,
    share.milestone_id,
    coalesce(given.last_part, 1) + 1 AS part,
    share.source <> 'milestone' AS is_sale,
    share.transaction_class,
    share.transaction_date,
    share.quantity - taken.quantity AS quantity,
    share.unit_price,
    share.amount - taken.amount AS amount,
    share.tax_amount - taken.tax_amount AS tax_amount,
    coalesce(given.billing_type, share.billing_type) AS billing_type,
    share.state,
    share.source = 'milestone' AS is_ready,
    cast(:change_id AS bigint) AS change_id,
    share.consumed_actual_id AS replaces_actual_id,
    cast(:accounting_date AS date) AS accounting_date,
    share.share_id
FROM share
INNER JOIN taken ON share.contract_id = taken.contract_id AND share.share_id = taken.share_id
LEFT JOIN given ON share.contract_id = given.contract_id AND share.share_id = given.share_id
WHERE
    CASE
        WHEN share.quantity = 0 AND share.amount = 0 THEN taken.quantity = 0 AND share.is_nothing
        WHEN share.quantity = 0 THEN taken.quantity = 0 AND sign(share.amount - taken.amount) * sign(share.amount) > 0
        ELSE sign(share.quantity - taken.quantity) * sign(share.quantity) > 0
    END
