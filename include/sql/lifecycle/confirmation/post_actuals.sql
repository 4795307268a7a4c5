-- Purpose: the actuals that the confirmation of invoices writes, by rules.detail_handling and rules.posting_rule.
-- Parameters: accounting_date, change_id.
-- Grain: none to seven postings per detail of the chosen invoices.
-- May be repeated: no, the key refuses it.
INSERT INTO invoicing.posting (
    contract_id, billable_id, posting, kind, contract_line_id, customer_id, currency, invoice_id, transaction_id, milestone_id,
    transaction_class, transaction_date, accounting_date, quantity, unit_price, amount, tax_amount, billing_type,
    reverses_actual_id, replaces_actual_id, change_id
)
SELECT
    handled.contract_id,
    handled.billable_id,
    rule.posting,
    rule.kind,
    handled.contract_line_id,
    handled.customer_id,
    chosen.currency,
    handled.invoice_id,
    handled.transaction_id,
    handled.milestone_id,
    handled.transaction_class,
    handled.transaction_date,
    cast(:accounting_date AS date) AS accounting_date,
    rule.sign * CASE rule.part
        WHEN 'consumed' THEN handled.consumed_quantity WHEN 'billed' THEN handled.quantity ELSE handled.consumed_quantity - handled.quantity
    END AS quantity,
    CASE WHEN rule.part = 'billed' THEN handled.unit_price ELSE handled.consumed_unit_price END AS unit_price,
    rule.sign * CASE rule.part
        WHEN 'consumed' THEN handled.consumed_amount
        WHEN 'billed' THEN handled.amount
        ELSE handled.consumed_amount - rules.part_of(handled.consumed_amount, handled.quantity, handled.consumed_quantity, chosen.decimals)
    END AS amount,
    rule.sign * CASE rule.part
        WHEN 'consumed' THEN handled.consumed_tax_amount
        WHEN 'billed' THEN handled.tax_amount
        ELSE handled.consumed_tax_amount - rules.part_of(handled.consumed_tax_amount, handled.quantity, handled.consumed_quantity, chosen.decimals)
    END AS tax_amount,
    CASE rule.part
        WHEN 'consumed' THEN handled.consumed_billing_type WHEN 'billed' THEN handled.billing_type ELSE 'non_chargeable'
    END AS billing_type,
    CASE rule.reverses
        WHEN 'consumed' THEN handled.consumed_actual_id ELSE cast(handled.billable_id AS text) || '/' || rule.reverses
    END AS reverses_actual_id,
    CASE rule.replaces
        WHEN 'consumed' THEN handled.consumed_actual_id ELSE cast(handled.billable_id AS text) || '/' || rule.replaces
    END AS replaces_actual_id,
    cast(:change_id AS bigint) AS change_id
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN rules.detail_handling AS handled ON chosen.contract_id = handled.contract_id AND chosen.invoice_id = handled.invoice_id
INNER JOIN rules.posting_rule AS rule ON handled.handling = rule.handling
WHERE rule.becomes = 'posting'
