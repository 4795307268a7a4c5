-- Purpose: take over the contract lines of a load; what a line includes goes by its billing method where nothing is said.
-- Parameters: none (reads staged_contract_lines, contract_currencies).
-- Grain: one row per contract line.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.contract_line AS known (
    contract_id, contract_line_id, name, billing_method, contracted_amount, includes_time, includes_expense,
    includes_material, includes_fee, billing_start_date, billing_end_date, invoice_frequency_id,
    not_to_exceed_limit, project_id
)
SELECT
    staged.contract_id,
    staged.contract_line_id,
    staged.name,
    staged.billing_method,
    round(staged.contracted_amount, contract.decimals) AS contracted_amount,
    coalesce(staged.includes_time, staged.billing_method = 'time_and_material') AS includes_time,
    coalesce(staged.includes_expense, staged.billing_method = 'time_and_material') AS includes_expense,
    coalesce(staged.includes_material, staged.billing_method = 'time_and_material') AS includes_material,
    coalesce(staged.includes_fee, staged.billing_method = 'time_and_material') AS includes_fee,
    staged.billing_start_date,
    staged.billing_end_date,
    staged.invoice_frequency_id,
    round(staged.not_to_exceed_limit, contract.decimals) AS not_to_exceed_limit,
    staged.project_id
FROM pg_temp.staged_contract_lines AS staged
INNER JOIN pg_temp.contract_currencies AS contract ON staged.contract_id = contract.contract_id
ON CONFLICT (contract_id, contract_line_id) DO UPDATE
    SET
        name = excluded.name,
        billing_method = excluded.billing_method,
        contracted_amount = excluded.contracted_amount,
        includes_time = excluded.includes_time,
        includes_expense = excluded.includes_expense,
        includes_material = excluded.includes_material,
        includes_fee = excluded.includes_fee,
        billing_start_date = excluded.billing_start_date,
        billing_end_date = excluded.billing_end_date,
        invoice_frequency_id = excluded.invoice_frequency_id,
        not_to_exceed_limit = excluded.not_to_exceed_limit,
        project_id = excluded.project_id
    WHERE (
        known.name, known.billing_method, known.contracted_amount, known.includes_time,
        known.includes_expense, known.includes_material, known.includes_fee, known.billing_start_date,
        known.billing_end_date, known.invoice_frequency_id, known.not_to_exceed_limit, known.project_id
    ) IS DISTINCT FROM (
        excluded.name, excluded.billing_method, excluded.contracted_amount, excluded.includes_time,
        excluded.includes_expense, excluded.includes_material, excluded.includes_fee,
        excluded.billing_start_date, excluded.billing_end_date, excluded.invoice_frequency_id,
        excluded.not_to_exceed_limit, excluded.project_id
    )
