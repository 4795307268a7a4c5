-- One row per not-to-exceed limit, and how much of it is taken.
CREATE OR REPLACE VIEW analytics.limits AS
SELECT
    cap.contract_id,
    cast(cap.level AS text) AS level,
    nullif(cap.contract_line_id, '') AS contract_line_id,
    nullif(cap.customer_id, '') AS customer_id,
    c.currency,
    cap.limit_amount,
    cap.committed_amount,
    cap.invoiced_amount,
    cap.limit_amount - cap.committed_amount - cap.invoiced_amount AS remaining_amount
FROM rules.limit_usage AS cap
INNER JOIN invoicing.project_contract AS c ON cap.contract_id = c.contract_id;

COMMENT ON VIEW analytics.limits IS 'Not-to-exceed limits, and how much of each is taken. Amounts are chargeable, before tax.';
COMMENT ON COLUMN analytics.limits.contract_id IS 'Contract of the limit.';
COMMENT ON COLUMN analytics.limits.level IS 'contract_line_customer, contract_line, contract_customer or contract.';
COMMENT ON COLUMN analytics.limits.contract_line_id IS 'Contract line that it holds for; null: all lines.';
COMMENT ON COLUMN analytics.limits.customer_id IS 'Customer whom it holds for; null: all customers.';
COMMENT ON COLUMN analytics.limits.currency IS 'ISO 4217 code of the amounts.';
COMMENT ON COLUMN analytics.limits.limit_amount IS 'The most that may be billed.';
COMMENT ON COLUMN analytics.limits.committed_amount IS 'Open time and material that the limit has room for, and what is on drafts.';
COMMENT ON COLUMN analytics.limits.invoiced_amount IS 'On confirmed invoices, milestones and corrections included, or invoiced by another system.';
COMMENT ON COLUMN analytics.limits.remaining_amount IS 'Room that is left; negative where the limit was lowered below what was taken.';
