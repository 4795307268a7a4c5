-- Rule: what a detail adds to each of the sums of its line and its invoice. Tax is added for what is chargeable alone.
-- Grain: one row per detail, so that a few invoices are found without reading the others; readers add up.
CREATE OR REPLACE VIEW rules.detail_amount AS
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id,
    CASE WHEN d.billing_type = 'chargeable' THEN d.amount ELSE 0 END AS chargeable_amount,
    CASE WHEN d.billing_type = 'non_chargeable' THEN d.amount ELSE 0 END AS non_chargeable_amount,
    CASE WHEN d.billing_type = 'complimentary' THEN d.amount ELSE 0 END AS complimentary_amount,
    CASE WHEN d.billing_type = 'chargeable' THEN d.tax_amount ELSE 0 END AS tax_amount
FROM invoicing.invoice_line_detail AS d;
