-- Rule: what an attempt of a run does with every open share of its due lines, and why. is_unchanged: it stands on its draft
-- exactly as it would be written.
-- Grain: one row per attempt and open share; each meets exactly one due row (see invoicing.run_due_row).
CREATE OR REPLACE VIEW rules.selection AS
SELECT
    l.attempt_id,
    l.slot,
    b.contract_id,
    b.billable_id,
    b.contract_line_id,
    b.customer_id,
    l.run_date,
    c.currency,
    b.is_sale,
    b.billing_type,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    coalesce(
        h.is_free AND h.run_date = l.run_date AND h.customer_id = b.customer_id
        AND (h.quantity, h.unit_price, h.amount, h.tax_amount, h.billing_type)
        = (b.quantity, b.unit_price, b.amount, b.tax_amount, b.billing_type),
        FALSE
    ) AS is_unchanged,
    cast(CASE
        WHEN NOT h.is_free THEN 'on_a_draft'
        WHEN l.is_quarantined THEN 'quarantined'
        WHEN NOT b.is_billed_class THEN 'class_not_included'
        WHEN NOT b.is_ready THEN 'not_ready'
        WHEN b.transaction_date > l.cutoff_date THEN 'after_cutoff'
        WHEN b.transaction_date < l.oldest_date THEN 'late'
        WHEN l.is_kept THEN 'on_a_draft'
        ELSE 'invoiced'
    END AS invoicing.accounting_reason) AS reason
FROM invoicing.run_due_row AS l
INNER JOIN invoicing.project_contract AS c ON l.contract_id = c.contract_id
INNER JOIN rules.open_share AS b
    ON
        l.contract_id = b.contract_id
        AND l.contract_line_id = b.contract_line_id
        AND l.takes_after < b.transaction_date
        AND l.takes_until >= b.transaction_date
        AND (l.customer_id = b.customer_id OR (l.customer_id = '' AND b.customer_id <> all(l.except_customer_ids)))
LEFT JOIN invoicing.run_held AS h
    ON
        b.contract_id = h.contract_id
        AND b.billable_id = h.billable_id
        AND l.attempt_id = h.attempt_id;
