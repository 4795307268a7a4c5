-- Rule: what of the work and the milestones is still to be billed, and whether its line bills its class.
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
    b.transaction_class = any(cl.billed_classes) AS is_billed_class
FROM invoicing.billable AS b
INNER JOIN invoicing.contract_line AS cl
    ON b.contract_id = cl.contract_id AND b.contract_line_id = cl.contract_line_id
WHERE
    b.state = 'open'
    AND (b.is_sale OR b.source = 'milestone');
