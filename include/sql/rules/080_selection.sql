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
    b.is_sale,
    b.billing_type,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    coalesce(
        free.run_date = l.run_date AND i.customer_id = b.customer_id AND d.contract_line_id = b.contract_line_id
        AND (d.quantity, d.unit_price, d.amount, d.tax_amount, d.billing_type)
        = (b.quantity, b.unit_price, b.amount, b.tax_amount, b.billing_type),
        FALSE
    ) AS is_unchanged,
    cast(CASE
        WHEN d.billable_id IS NOT NULL AND free.run_date IS NULL THEN 'on_a_draft'
        WHEN free.is_quarantined AND NOT l.is_quarantined THEN 'on_a_draft'
        WHEN l.is_quarantined THEN 'quarantined'
        WHEN NOT b.is_billed_class THEN 'class_not_included'
        WHEN NOT b.is_ready THEN 'not_ready'
        WHEN b.limit_status = 'failed' THEN 'not_to_exceed'
        WHEN b.transaction_date > l.cutoff_date THEN 'after_cutoff'
        WHEN b.transaction_date < l.oldest_date THEN 'late'
        WHEN l.is_kept THEN 'on_a_draft'
        ELSE 'invoiced'
    END AS invoicing.accounting_reason) AS reason
FROM invoicing.run_due_row AS l
INNER JOIN rules.open_share AS b
    ON
        l.contract_id = b.contract_id
        AND l.contract_line_id = b.contract_line_id
        AND l.takes_after < b.transaction_date
        AND l.takes_until >= b.transaction_date
        AND (l.customer_id = b.customer_id OR (l.customer_id = '' AND b.customer_id <> all(l.except_customer_ids)))
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
-- What a draft of the runs holds, of a line and date that are due in this attempt, is free: it is derived afresh; but for one
-- whose contract and date are set aside, which stays as it is.
LEFT JOIN invoicing.run_due_row AS free
    ON
        d.contract_id = free.contract_id
        AND d.contract_line_id = free.contract_line_id
        AND i.run_date = free.run_date
        AND i.is_run_owned
        AND free.customer_id = ''
        AND l.attempt_id = free.attempt_id;
