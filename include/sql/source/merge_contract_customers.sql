-- Purpose: take over the customers of the contracts of a load.
-- Parameters: none (reads staged_contract_customers, contract_currencies).
-- Grain: one row per contract and customer.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.contract_customer AS known (contract_id, customer_id, is_primary, not_to_exceed_limit, payment_terms_days)
SELECT
    staged.contract_id,
    staged.customer_id,
    staged.is_primary,
    round(staged.not_to_exceed_limit, contract.decimals) AS not_to_exceed_limit,
    staged.payment_terms_days
FROM pg_temp.staged_contract_customers AS staged
INNER JOIN pg_temp.contract_currencies AS contract ON staged.contract_id = contract.contract_id
ON CONFLICT (contract_id, customer_id) DO UPDATE
    SET
        is_primary = excluded.is_primary,
        not_to_exceed_limit = excluded.not_to_exceed_limit,
        payment_terms_days = excluded.payment_terms_days
    WHERE (
        known.is_primary, known.not_to_exceed_limit, known.payment_terms_days
    ) IS DISTINCT FROM (
        excluded.is_primary, excluded.not_to_exceed_limit, excluded.payment_terms_days
    )
