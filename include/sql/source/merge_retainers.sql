-- Purpose: take over the retainers of a load.
-- Parameters: none (reads staged_retainers, contract_currencies).
-- Grain: one row per retainer.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.retainer AS known (contract_id, retainer_id, customer_id, description, invoice_date, amount, billing_status)
SELECT
    staged.contract_id,
    staged.retainer_id,
    staged.customer_id,
    staged.description,
    staged.invoice_date,
    round(staged.amount, contract.decimals) AS amount,
    staged.billing_status
FROM pg_temp.staged_retainers AS staged
INNER JOIN pg_temp.contract_currencies AS contract ON staged.contract_id = contract.contract_id
ON CONFLICT (contract_id, retainer_id) DO UPDATE
    SET
        customer_id = excluded.customer_id,
        description = excluded.description,
        invoice_date = excluded.invoice_date,
        amount = excluded.amount,
        billing_status = excluded.billing_status
    WHERE (
        known.customer_id, known.description, known.invoice_date, known.amount, known.billing_status
    ) IS DISTINCT FROM (
        excluded.customer_id, excluded.description, excluded.invoice_date, excluded.amount,
        excluded.billing_status
    )
