-- Rule: what a detail bills in all, beside what it consumes, and in what the two differ. On a correction the detail's amount and
-- tax are what comes on top of what was billed before; here they are what is right in all.
-- is_nothing: it bills nothing; tax alone may be right where no quantity is. is_entry: added by hand, and nothing before.
-- consumed_actual_id: the actual that it takes up, an unbilled sale or, on a correction, a billed one.
-- Grain: one row per detail.
CREATE OR REPLACE VIEW rules.detail_difference AS
SELECT
    beside.contract_id,
    beside.invoice_id,
    beside.billable_id,
    beside.contract_line_id,
    beside.customer_id,
    beside.source,
    beside.share_id,
    beside.part,
    beside.is_correction,
    beside.is_entry,
    beside.transaction_id,
    beside.milestone_id,
    beside.transaction_class,
    beside.transaction_date,
    beside.consumed_actual_id,
    beside.billing_type,
    beside.quantity,
    beside.unit_price,
    beside.amount,
    beside.tax_amount,
    beside.consumed_billing_type,
    beside.consumed_quantity,
    beside.consumed_unit_price,
    beside.consumed_amount,
    beside.consumed_tax_amount,
    beside.billing_type <> beside.consumed_billing_type AS has_other_billing_type,
    beside.quantity <> beside.consumed_quantity AS has_other_quantity,
    beside.unit_price <> beside.consumed_unit_price AS has_other_unit_price,
    beside.amount <> beside.consumed_amount AS has_other_amount,
    beside.tax_amount <> beside.consumed_tax_amount AS has_other_tax_amount,
    (beside.quantity, beside.amount, beside.tax_amount) = (0, 0, 0) AS is_nothing
FROM (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.billable_id,
        d.contract_line_id,
        b.customer_id,
        b.source,
        b.share_id,
        b.part,
        b.transaction_id,
        b.milestone_id,
        b.transaction_class,
        b.transaction_date,
        d.billing_type,
        d.quantity,
        d.unit_price,
        b.billing_type AS consumed_billing_type,
        b.quantity AS consumed_quantity,
        b.unit_price AS consumed_unit_price,
        b.amount AS consumed_amount,
        b.tax_amount AS consumed_tax_amount,
        b.source = 'correction' AS is_correction,
        b.source = 'entry' AND NOT b.is_sale AS is_entry,
        coalesce(b.corrects_actual_id, cast(b.billable_id AS text)) AS consumed_actual_id,
        d.amount + CASE WHEN b.source = 'correction' THEN b.amount ELSE 0 END AS amount,
        d.tax_amount + CASE WHEN b.source = 'correction' THEN b.tax_amount ELSE 0 END AS tax_amount
    FROM invoicing.invoice_line_detail AS d
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
) AS beside;
