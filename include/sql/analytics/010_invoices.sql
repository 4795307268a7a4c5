-- One row per invoice. Names are those of the confirmation, once there was one.
CREATE OR REPLACE VIEW analytics.invoices AS
SELECT
    i.invoice_id,
    i.invoice_number,
    i.contract_id,
    coalesce(i.contract_name, c.name) AS contract_name,
    i.customer_id,
    coalesce(i.customer_name, u.name) AS customer_name,
    i.currency,
    i.run_date,
    i.origin,
    i.status,
    i.chargeable_amount,
    i.non_chargeable_amount,
    i.complimentary_amount,
    i.retainer_applied_amount,
    i.tax_amount,
    i.total_amount,
    coalesce(line_count.lines, 0) AS line_count,
    coalesce(line_count.details, 0) AS detail_count,
    i.corrects_invoice_id,
    i.created_at,
    i.confirmed_at
FROM invoicing.invoice AS i
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON i.customer_id = u.customer_id
LEFT JOIN LATERAL (
    SELECT
        count(*) AS lines,
        sum(line.detail_count) AS details
    FROM invoicing.invoice_line AS line
    WHERE
        line.contract_id = i.contract_id
        AND line.invoice_id = i.invoice_id
) AS line_count ON TRUE;

COMMENT ON VIEW analytics.invoices IS 'Proforma invoices, one row each: one per contract, customer, currency and run date.';
COMMENT ON COLUMN analytics.invoices.invoice_id IS 'Id of the invoice; the same when its day is run again.';
COMMENT ON COLUMN analytics.invoices.invoice_number IS 'Legal number, given at confirmation; null until then, and at a total of 0 where a setting says so.';
COMMENT ON COLUMN analytics.invoices.contract_id IS 'Project contract that is billed.';
COMMENT ON COLUMN analytics.invoices.contract_name IS 'Name of the contract; once confirmed, as it was then.';
COMMENT ON COLUMN analytics.invoices.customer_id IS 'Customer who is billed.';
COMMENT ON COLUMN analytics.invoices.customer_name IS 'Name of the customer; once confirmed, as it was then.';
COMMENT ON COLUMN analytics.invoices.currency IS 'ISO 4217 code of all amounts of the invoice: the currency of the contract.';
COMMENT ON COLUMN analytics.invoices.run_date IS 'Invoice run date of the schedule rows or milestones that are billed.';
COMMENT ON COLUMN analytics.invoices.origin IS 'scheduled: by a run; manual: created by hand; corrective: corrects a confirmed invoice.';
COMMENT ON COLUMN analytics.invoices.status IS 'draft, in_review, confirmed or paid.';
COMMENT ON COLUMN analytics.invoices.chargeable_amount IS 'Sum of the chargeable details, before tax.';
COMMENT ON COLUMN analytics.invoices.non_chargeable_amount IS 'Sum of the non-chargeable details; not part of the total.';
COMMENT ON COLUMN analytics.invoices.complimentary_amount IS 'Sum of the complimentary details; not part of the total.';
COMMENT ON COLUMN analytics.invoices.retainer_applied_amount IS 'Retainers deducted from what is due.';
COMMENT ON COLUMN analytics.invoices.tax_amount IS 'Tax of the chargeable details.';
COMMENT ON COLUMN analytics.invoices.total_amount IS 'What is due: chargeable_amount + tax_amount - retainer_applied_amount.';
COMMENT ON COLUMN analytics.invoices.line_count IS 'Number of invoice lines.';
COMMENT ON COLUMN analytics.invoices.detail_count IS 'Number of invoice line details.';
COMMENT ON COLUMN analytics.invoices.corrects_invoice_id IS 'Invoice that this one corrects; null otherwise.';
COMMENT ON COLUMN analytics.invoices.created_at IS 'When the draft was first written.';
COMMENT ON COLUMN analytics.invoices.confirmed_at IS 'When the invoice was confirmed; null until then.';
