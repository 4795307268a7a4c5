-- One row per invoice line. Names are those of the confirmation, once there was one.
CREATE OR REPLACE VIEW analytics.invoice_lines AS
SELECT
    line.invoice_id,
    line.contract_id,
    line.contract_line_id,
    coalesce(line.contract_line_name, cl.name) AS contract_line_name,
    coalesce(line.billing_method, cl.billing_method) AS billing_method,
    line.chargeable_amount,
    line.non_chargeable_amount,
    line.complimentary_amount,
    line.tax_amount,
    line.detail_count
FROM invoicing.invoice_line AS line
INNER JOIN invoicing.contract_line AS cl
    ON line.contract_id = cl.contract_id AND line.contract_line_id = cl.contract_line_id;

COMMENT ON VIEW analytics.invoice_lines IS 'Invoice lines, one row each: one per invoice and contract line.';
COMMENT ON COLUMN analytics.invoice_lines.invoice_id IS 'Invoice of the line.';
COMMENT ON COLUMN analytics.invoice_lines.contract_id IS 'Contract of the invoice.';
COMMENT ON COLUMN analytics.invoice_lines.contract_line_id IS 'Contract line that is billed.';
COMMENT ON COLUMN analytics.invoice_lines.contract_line_name IS 'Name of the contract line; once confirmed, as it was then.';
COMMENT ON COLUMN analytics.invoice_lines.billing_method IS 'time_and_material or fixed_price.';
COMMENT ON COLUMN analytics.invoice_lines.chargeable_amount IS 'Sum of the chargeable details, before tax.';
COMMENT ON COLUMN analytics.invoice_lines.non_chargeable_amount IS 'Sum of the non-chargeable details; not part of any total.';
COMMENT ON COLUMN analytics.invoice_lines.complimentary_amount IS 'Sum of the complimentary details; not part of any total.';
COMMENT ON COLUMN analytics.invoice_lines.tax_amount IS 'Tax of the chargeable details.';
COMMENT ON COLUMN analytics.invoice_lines.detail_count IS 'Number of details of the line.';
