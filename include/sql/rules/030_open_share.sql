-- Rule: what of the work and the milestones is still to be billed, and whether its line bills its class. is_limitable: the limits of its
-- contract hold for it, if there are any; milestones are held to them when they are confirmed.
-- Grain: one row per open billable that is an unbilled sale or a milestone; entries and corrections live on their draft alone.
CREATE OR REPLACE VIEW rules.open_share AS
SELECT
    b.contract_id,
    b.billable_id,
    b.contract_line_id,
    b.customer_id,
    b.source,
    b.transaction_id,
    b.milestone_id,
    b.is_sale,
    b.transaction_class,
    b.transaction_date,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    b.billing_type,
    b.is_ready,
    b.change_id,
    b.limit_status,
    b.limit_level,
    b.limit_amount,
    b.limit_used,
    b.replaces_actual_id IS NOT NULL AS is_given_back,
    b.transaction_class = any(cl.billed_classes) AS is_billed_class,
    b.is_sale AND b.billing_type = 'chargeable' AND b.transaction_class = any(cl.billed_classes) AS is_limitable
FROM invoicing.billable AS b
INNER JOIN invoicing.contract_line AS cl
    ON b.contract_id = cl.contract_id AND b.contract_line_id = cl.contract_line_id
WHERE
    b.state = 'open'
    AND (b.is_sale OR b.source = 'milestone');
