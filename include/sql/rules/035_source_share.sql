-- Rule: what the source says by now of each customer's share. One that was billed stays as it was billed, and what the source says
-- since stands beside it; source_state is what the source makes of it.
-- Grain: one row per customer's share of a transaction or a milestone, whatever happened to it.
CREATE OR REPLACE VIEW rules.source_share AS
SELECT
    b.contract_id,
    b.billable_id,
    b.source,
    b.transaction_id,
    b.milestone_id,
    b.customer_id,
    b.state,
    b.is_ready,
    ls.billable_id IS NOT NULL AS is_changed,
    coalesce(ls.contract_line_id, b.contract_line_id) AS contract_line_id,
    coalesce(ls.transaction_class, b.transaction_class) AS transaction_class,
    coalesce(ls.transaction_date, b.transaction_date) AS transaction_date,
    coalesce(ls.quantity, b.quantity) AS quantity,
    coalesce(ls.unit_price, b.unit_price) AS unit_price,
    coalesce(ls.amount, b.amount) AS amount,
    coalesce(ls.tax_amount, b.tax_amount) AS tax_amount,
    coalesce(ls.billing_type, b.billing_type) AS billing_type,
    CASE WHEN b.state = 'billed' THEN coalesce(ls.state, 'open') ELSE b.state END AS source_state,
    CASE WHEN ls.billable_id IS NULL THEN b.split_percent ELSE ls.split_percent END AS split_percent,
    CASE WHEN ls.billable_id IS NULL THEN b.is_rounding_share ELSE ls.is_rounding_share END AS is_rounding_share
FROM invoicing.billable AS b
LEFT JOIN invoicing.later_share AS ls ON b.contract_id = ls.contract_id AND b.billable_id = ls.billable_id
WHERE
    b.source IN ('transaction', 'milestone')
    AND b.part = 1;
