-- Rule: where a customer's share of a milestone stands: the share as it is now, which is the latest where a correction gave it back.
-- Grain: one row per milestone and customer who has a share of it.
CREATE OR REPLACE VIEW rules.milestone_share AS
SELECT
    b.contract_id,
    b.contract_line_id,
    b.milestone_id,
    b.customer_id,
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
