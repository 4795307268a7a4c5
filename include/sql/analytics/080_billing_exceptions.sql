-- One row per open problem.
CREATE OR REPLACE VIEW analytics.billing_exceptions AS
SELECT
    detected_at,
    run_date,
    severity,
    code,
    contract_id,
    contract_line_id,
    customer_id,
    transaction_id,
    milestone_id,
    message
FROM invoicing.billing_exception;

COMMENT ON VIEW analytics.billing_exceptions IS 'Open problems of the data; a problem leaves with the load that fixes it, or with the next run.';
COMMENT ON COLUMN analytics.billing_exceptions.detected_at IS 'When it was first seen.';
COMMENT ON COLUMN analytics.billing_exceptions.run_date IS 'Run date of the run that first saw it; null: a load did.';
COMMENT ON COLUMN analytics.billing_exceptions.severity IS 'error: the contract is quarantined when the line is due; warning: something waits or looks wrong.';
COMMENT ON COLUMN analytics.billing_exceptions.code IS 'Kind of problem, one of the rules in include/sql/audit/exceptions.';
COMMENT ON COLUMN analytics.billing_exceptions.contract_id IS 'Contract concerned.';
COMMENT ON COLUMN analytics.billing_exceptions.contract_line_id IS 'Contract line concerned, if one is.';
COMMENT ON COLUMN analytics.billing_exceptions.customer_id IS 'Customer concerned, if one is.';
COMMENT ON COLUMN analytics.billing_exceptions.transaction_id IS 'Transaction concerned, if one is.';
COMMENT ON COLUMN analytics.billing_exceptions.milestone_id IS 'Milestone concerned, if one is.';
COMMENT ON COLUMN analytics.billing_exceptions.message IS 'What is wrong and what to fix.';
