-- One row per milestone and customer: the share as it stands now, which is the latest where a correction gave it back.
CREATE OR REPLACE VIEW analytics.milestones AS
SELECT
    b.contract_id,
    b.contract_line_id,
    b.milestone_id,
    b.customer_id,
    m.name,
    m.milestone_date,
    c.currency,
    b.amount,
    b.tax_amount,
    CASE
        WHEN b.state IN ('billed', 'billed_elsewhere') THEN 'invoice_posted'
        WHEN d.billable_id IS NOT NULL THEN 'invoice_created'
        WHEN b.is_ready THEN 'ready_to_invoice'
        ELSE 'not_ready'
    END AS billing_status,
    d.invoice_id
FROM invoicing.billable AS b
INNER JOIN invoicing.project_contract AS c ON b.contract_id = c.contract_id
INNER JOIN invoicing.milestone AS m ON b.contract_id = m.contract_id AND b.milestone_id = m.milestone_id
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN invoicing.billable AS later
    ON
        b.contract_id = later.contract_id
        AND b.milestone_id = later.milestone_id
        AND b.customer_id = later.customer_id
        AND b.part + 1 = later.part
        AND later.source = 'milestone'
WHERE
    b.source = 'milestone'
    AND b.state <> 'canceled'
    AND later.billable_id IS NULL;

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
