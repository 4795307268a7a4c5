-- Purpose: take over the transactions of a load that differ.
-- Parameters: none (reads changed_transactions; rows without file_line are in the warehouse already).
-- Grain: one row per transaction.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.transaction AS known (
    contract_id, transaction_id, contract_line_id, customer_id, transaction_class, transaction_date, description,
    role_id, resource_id, category, unit, quantity, unit_price, amount, tax_amount, billing_type, billing_status
)
SELECT
    contract_id,
    transaction_id,
    contract_line_id,
    customer_id,
    transaction_class,
    transaction_date,
    description,
    role_id,
    resource_id,
    category,
    unit,
    quantity,
    unit_price,
    amount,
    tax_amount,
    billing_type,
    billing_status
FROM pg_temp.changed_transactions
WHERE file_line IS NOT NULL
ORDER BY contract_id ASC, transaction_id ASC
ON CONFLICT (contract_id, transaction_id) DO UPDATE
    SET
        contract_line_id = excluded.contract_line_id,
        customer_id = excluded.customer_id,
        transaction_class = excluded.transaction_class,
        transaction_date = excluded.transaction_date,
        description = excluded.description,
        role_id = excluded.role_id,
        resource_id = excluded.resource_id,
        category = excluded.category,
        unit = excluded.unit,
        quantity = excluded.quantity,
        unit_price = excluded.unit_price,
        amount = excluded.amount,
        tax_amount = excluded.tax_amount,
        billing_type = excluded.billing_type,
        billing_status = excluded.billing_status
    WHERE (
        known.contract_line_id, known.customer_id, known.transaction_class, known.transaction_date,
        known.description, known.role_id, known.resource_id, known.category, known.unit, known.quantity,
        known.unit_price, known.amount, known.tax_amount, known.billing_type, known.billing_status
    ) IS DISTINCT FROM (
        excluded.contract_line_id, excluded.customer_id, excluded.transaction_class,
        excluded.transaction_date, excluded.description, excluded.role_id, excluded.resource_id,
        excluded.category, excluded.unit, excluded.quantity, excluded.unit_price, excluded.amount,
        excluded.tax_amount, excluded.billing_type, excluded.billing_status
    )
