-- Rule: what has not run, or failed: the rows that a coming run may take.
-- Grain: one row per schedule row.
CREATE OR REPLACE VIEW rules.pending_row AS
SELECT *
FROM rules.dated_row
WHERE run_status <> 'run_successful';
