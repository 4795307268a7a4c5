-- Rule: the dates on which a contract line is due. A milestone makes its line due only where the line is billed by milestones; such a
-- line bills the milestones of the date itself, whatever cut-off a delivered row of it names.
-- Grain: one row per schedule row that counts; several may name the same line and date.
CREATE OR REPLACE VIEW rules.dated_row AS
SELECT
    s.contract_id,
    s.contract_line_id,
    s.run_date,
    s.source,
    s.source_id,
    CASE WHEN cl.billing_method = 'fixed_price' THEN s.run_date ELSE s.cutoff_date END AS cutoff_date,
    s.cutoff_date AS recorded_cutoff_date,
    s.run_status,
    s.attempt_id,
    s.ran_for,
    s.ran_at,
    c.state AS contract_state,
    c.currency,
    c.slot,
    cl.billing_method
FROM invoicing.schedule_row AS s
INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
INNER JOIN invoicing.contract_line AS cl
    ON s.contract_id = cl.contract_id AND s.contract_line_id = cl.contract_line_id
WHERE s.source <> 'milestone' OR cl.billing_method = 'fixed_price';
