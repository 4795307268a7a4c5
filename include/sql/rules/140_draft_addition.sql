-- Rule: what a draft may take on now: a manual one everything that is ready for its contract and customer, a scheduled one what the
-- schedule rows of its run date admit, and the milestones of that date. Only active contracts are invoiced.
-- Grain: one row per draft and share; what two drafts could take stands twice.
CREATE OR REPLACE VIEW rules.draft_addition AS
SELECT
    i.contract_id,
    i.invoice_id,
    i.origin,
    b.billable_id,
    b.contract_line_id,
    b.transaction_date,
    b.billing_type,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount
FROM invoicing.invoice AS i
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id AND c.state = 'active'
INNER JOIN rules.ready_billable AS b ON i.contract_id = b.contract_id AND i.customer_id = b.customer_id
LEFT JOIN LATERAL (
    SELECT max(s.cutoff_date) AS cutoff_date
    FROM rules.dated_row AS s
    WHERE
        s.contract_id = b.contract_id
        AND s.contract_line_id = b.contract_line_id
        AND s.run_date = i.run_date
        AND s.source <> 'milestone'
) AS admitting ON TRUE
WHERE
    i.status IN ('draft', 'in_review')
    AND CASE
        WHEN i.origin = 'manual' THEN TRUE
        WHEN i.origin <> 'scheduled' THEN FALSE
        WHEN b.transaction_class = 'milestone' THEN b.transaction_date = i.run_date
        ELSE b.transaction_date <= admitting.cutoff_date
    END;
