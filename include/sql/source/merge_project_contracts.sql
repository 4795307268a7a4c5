-- Purpose: take over the contracts of a load.
-- Parameters: none (reads staged_project_contracts, contract_currencies).
-- Grain: one row per contract.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.project_contract AS known (contract_id, name, currency, state, not_to_exceed_limit)
SELECT
    staged.contract_id,
    staged.name,
    staged.currency,
    staged.state,
    round(staged.not_to_exceed_limit, contract.decimals) AS not_to_exceed_limit
FROM pg_temp.staged_project_contracts AS staged
INNER JOIN pg_temp.contract_currencies AS contract ON staged.contract_id = contract.contract_id
ON CONFLICT (contract_id) DO UPDATE
    SET
        name = excluded.name,
        currency = excluded.currency,
        state = excluded.state,
        not_to_exceed_limit = excluded.not_to_exceed_limit
    WHERE (
        known.name, known.currency, known.state, known.not_to_exceed_limit
    ) IS DISTINCT FROM (
        excluded.name, excluded.currency, excluded.state, excluded.not_to_exceed_limit
    )
