-- One row per contract, with what was billed and what is to come. Retainers do not exist yet: nothing is paid in advance.
CREATE OR REPLACE VIEW analytics.contracts AS
SELECT
    c.contract_id,
    c.name,
    c.currency,
    c.state,
    line_sum.contracted_amount,
    coalesce(posted.amount, 0) + coalesce(elsewhere.amount, 0) AS billed_amount,
    coalesce(waiting.amount, 0) AS open_amount,
    coalesce(ready.amount, 0) AS ready_amount,
    cast(0 AS numeric) AS advance_balance,
    coming.run_date AS next_run_date
FROM invoicing.project_contract AS c
LEFT JOIN (
    SELECT
        contract_id,
        sum(contracted_amount) AS contracted_amount
    FROM invoicing.contract_line
    GROUP BY contract_id
) AS line_sum ON c.contract_id = line_sum.contract_id
LEFT JOIN (
    SELECT
        contract_id,
        sum(amount) AS amount
    FROM invoicing.posting
    WHERE
        kind = 'billed_sales'
        AND billing_type = 'chargeable'
    GROUP BY contract_id
) AS posted ON c.contract_id = posted.contract_id
LEFT JOIN (
    SELECT
        contract_id,
        sum(amount) AS amount
    FROM rules.invoiced_elsewhere
    GROUP BY contract_id
) AS elsewhere ON c.contract_id = elsewhere.contract_id
LEFT JOIN (
    SELECT
        contract_id,
        sum(amount) AS amount
    FROM rules.open_share
    WHERE billing_type = 'chargeable'
    GROUP BY contract_id
) AS waiting ON c.contract_id = waiting.contract_id
LEFT JOIN (
    SELECT
        contract_id,
        sum(amount) AS amount
    FROM rules.ready_billable
    WHERE billing_type = 'chargeable'
    GROUP BY contract_id
) AS ready ON c.contract_id = ready.contract_id
LEFT JOIN (
    SELECT
        contract_id,
        min(run_date) AS run_date
    FROM rules.pending_row
    WHERE contract_state = 'active'
    GROUP BY contract_id
) AS coming ON c.contract_id = coming.contract_id;

COMMENT ON VIEW analytics.contracts IS 'Project contracts, with what was billed and what is to come. Amounts are chargeable, before tax.';
COMMENT ON COLUMN analytics.contracts.contract_id IS 'Id of the contract in the source.';
COMMENT ON COLUMN analytics.contracts.name IS 'Name of the contract.';
COMMENT ON COLUMN analytics.contracts.currency IS 'ISO 4217 code of all its amounts.';
COMMENT ON COLUMN analytics.contracts.state IS 'draft, on_hold, active or closed; only active contracts are invoiced.';
COMMENT ON COLUMN analytics.contracts.contracted_amount IS 'Sum of the contracted amounts of its lines; null where none has one.';
COMMENT ON COLUMN analytics.contracts.billed_amount IS 'Billed on confirmed invoices, corrections included, or by another system.';
COMMENT ON COLUMN analytics.contracts.open_amount IS 'Work and milestones not billed yet, whether ready, on a draft or neither.';
COMMENT ON COLUMN analytics.contracts.ready_amount IS 'What an invoice may take now: ready, of a class that its line bills, on no invoice.';
COMMENT ON COLUMN analytics.contracts.advance_balance IS 'Retainers billed and not applied yet; 0, since there are none yet.';
COMMENT ON COLUMN analytics.contracts.next_run_date IS 'First date of its schedule that has not run, also one of a day past; null when none will run.';
