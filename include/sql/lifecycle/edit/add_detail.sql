-- Purpose: put an entry without a source onto a draft. It stands among the actuals as `added`, so that it has a key as every
-- other detail has; confirmation makes its actuals.
-- Parameters: contract_id, invoice_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount (null:
-- quantity x unit_price), tax_amount, billing_type, description, role_id, resource_id, changed_at.
-- Grain: one detail.
-- May be repeated: no, each time adds one.
WITH entry AS (
    INSERT INTO invoicing.actual (
        contract_id, contract_line_id, customer_id, kind, transaction_class, billing_type, billing_status, transaction_date,
        quantity, unit_price, amount, tax_amount, recorded_at
    )
    SELECT
        cl.contract_id,
        cl.contract_line_id,
        i.customer_id,
        'added' AS kind,
        cast(:transaction_class AS invoicing.transaction_class) AS transaction_class,
        cast(:billing_type AS invoicing.billing_type) AS billing_type,
        'ready_to_invoice' AS billing_status,
        cast(:transaction_date AS date) AS transaction_date,
        cast(:quantity AS numeric) AS quantity,
        cast(:unit_price AS numeric) AS unit_price,
        coalesce(
            cast(:amount AS numeric), round(cast(:quantity AS numeric) * cast(:unit_price AS numeric), u.decimals)
        ) AS amount,
        cast(:tax_amount AS numeric) AS tax_amount,
        cast(:changed_at AS timestamptz) AS recorded_at
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.currency AS u ON i.currency = u.currency
    INNER JOIN invoicing.contract_line AS cl ON i.contract_id = cl.contract_id
    WHERE
        i.contract_id = :contract_id
        AND i.invoice_id = :invoice_id
        AND cl.contract_line_id = :contract_line_id
    RETURNING contract_id, actual_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)

INSERT INTO invoicing.invoice_line_detail (
    contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount, description,
    role_id, resource_id
)
SELECT
    contract_id,
    actual_id,
    cast(:invoice_id AS uuid) AS invoice_id,
    contract_line_id,
    billing_type,
    quantity,
    unit_price,
    amount,
    tax_amount,
    cast(:description AS text) AS description,
    cast(:role_id AS text) AS role_id,
    cast(:resource_id AS text) AS resource_id
FROM entry
RETURNING actual_id AS detail_id
