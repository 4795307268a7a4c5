-- Rule: what an invoice may take now: ready, of a class that its line bills, within its limits, and on no live invoice.
-- Grain: one row per share.
CREATE OR REPLACE VIEW rules.ready_billable AS
SELECT *
FROM rules.open_billable
WHERE
    is_ready
    AND is_billed_class
    AND NOT is_held
    AND limit_status IS DISTINCT FROM 'failed';
