-- Rule: what is open, and which live invoice holds it. What is open is on no confirmed invoice, so a detail says it all. Ask is_held
-- for what nobody holds: it is of the joined key, so that the planner knows an anti-join and expects about as many as there are.
-- Grain: one row per open share.
CREATE OR REPLACE VIEW rules.open_billable AS
SELECT
    o.*,
    d.invoice_id AS held_by,
    d.billable_id IS NOT NULL AS is_held
FROM rules.open_share AS o
LEFT JOIN invoicing.invoice_line_detail AS d ON o.contract_id = d.contract_id AND o.billable_id = d.billable_id;
