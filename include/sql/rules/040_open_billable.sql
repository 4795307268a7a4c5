-- Rule: what is open, and which live invoice holds it. What is open is on no confirmed invoice, so a detail says it all.
-- Grain: one row per open share.
CREATE OR REPLACE VIEW rules.open_billable AS
SELECT
    o.*,
    d.invoice_id AS held_by
FROM rules.open_share AS o
LEFT JOIN invoicing.invoice_line_detail AS d ON o.contract_id = d.contract_id AND o.billable_id = d.billable_id;
