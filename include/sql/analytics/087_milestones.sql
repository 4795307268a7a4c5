-- One row per milestone and customer.
CREATE OR REPLACE VIEW analytics.milestones AS
SELECT
    share.contract_id,
    share.contract_line_id,
    share.milestone_id,
    share.customer_id,
    m.name,
    m.milestone_date,
    c.currency,
    share.amount,
    share.tax_amount,
    share.billing_status,
    share.invoice_id
FROM rules.milestone_share AS share
INNER JOIN invoicing.project_contract AS c ON share.contract_id = c.contract_id
INNER JOIN invoicing.milestone AS m ON share.contract_id = m.contract_id AND share.milestone_id = m.milestone_id;

COMMENT ON VIEW analytics.milestones IS 'Milestones, one row per customer who has a share of it.';
COMMENT ON COLUMN analytics.milestones.contract_id IS 'Contract of the milestone.';
COMMENT ON COLUMN analytics.milestones.contract_line_id IS 'Contract line of the milestone.';
COMMENT ON COLUMN analytics.milestones.milestone_id IS 'Id of the milestone in the source.';
COMMENT ON COLUMN analytics.milestones.customer_id IS 'Customer whose share it is.';
COMMENT ON COLUMN analytics.milestones.name IS 'Name of the milestone.';
COMMENT ON COLUMN analytics.milestones.milestone_date IS 'Day on which it is due.';
COMMENT ON COLUMN analytics.milestones.currency IS 'ISO 4217 code of the amounts.';
COMMENT ON COLUMN analytics.milestones.amount IS 'The customer''s share of the amount, before tax.';
COMMENT ON COLUMN analytics.milestones.tax_amount IS 'The customer''s share of the tax.';
COMMENT ON COLUMN analytics.milestones.billing_status IS 'not_ready, ready_to_invoice, invoice_created (on a draft), invoice_posted (billed).';
COMMENT ON COLUMN analytics.milestones.invoice_id IS 'Invoice that holds or billed it; null while it is open.';
