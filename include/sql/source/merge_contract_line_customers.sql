-- Purpose: take over the customers of the contract lines of a load. Shares already recorded stay as they are.
-- Parameters: none (reads staged_contract_line_customers, contract_currencies).
-- Grain: one row per contract line and customer.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.contract_line_customer AS known (
    contract_id, contract_line_id, customer_id, split_percent, is_rounding_customer, not_to_exceed_limit
)
SELECT
    staged.contract_id,
    staged.contract_line_id,
    staged.customer_id,
    staged.split_percent,
    staged.is_rounding_customer,
    round(staged.not_to_exceed_limit, contract.decimals) AS not_to_exceed_limit
FROM pg_temp.staged_contract_line_customers AS staged
INNER JOIN pg_temp.contract_currencies AS contract ON staged.contract_id = contract.contract_id
ON CONFLICT (contract_id, contract_line_id, customer_id) DO UPDATE
    SET
        split_percent = excluded.split_percent,
        is_rounding_customer = excluded.is_rounding_customer,
        not_to_exceed_limit = excluded.not_to_exceed_limit
    WHERE (
        known.split_percent, known.is_rounding_customer, known.not_to_exceed_limit
    ) IS DISTINCT FROM (
        excluded.split_percent, excluded.is_rounding_customer, excluded.not_to_exceed_limit
    )
