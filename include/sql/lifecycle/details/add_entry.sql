-- Purpose: record an entry that no source stands behind, for a draft. It is a billable, so that its detail has a key as every other
-- has; the confirmation makes its actuals.
-- Parameters: contract_id, invoice_id, change_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount
-- (null: quantity x unit_price), tax_amount, billing_type.
-- Grain: one billable.
-- May be repeated: no, each time adds one.
INSERT INTO invoicing.billable (
    contract_id, contract_line_id, customer_id, source, is_sale, transaction_class, transaction_date, quantity, unit_price,
    amount, tax_amount, billing_type, is_ready, change_id
)
SELECT
    cl.contract_id,
    cl.contract_line_id,
    i.customer_id,
    'entry' AS source,
    FALSE AS is_sale,
    cast(:transaction_class AS invoicing.transaction_class) AS transaction_class,
    cast(:transaction_date AS date) AS transaction_date,
    cast(:quantity AS numeric) AS quantity,
    cast(:unit_price AS numeric) AS unit_price,
    coalesce(
        cast(:amount AS numeric), rules.rounded(cast(:quantity AS numeric) * cast(:unit_price AS numeric), cu.decimals)
    ) AS amount,
    cast(:tax_amount AS numeric) AS tax_amount,
    cast(:billing_type AS invoicing.billing_type) AS billing_type,
    TRUE AS is_ready,
    cast(:change_id AS bigint) AS change_id
FROM invoicing.invoice AS i
INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
INNER JOIN invoicing.contract_line AS cl ON i.contract_id = cl.contract_id
WHERE
    i.contract_id = :contract_id
    AND i.invoice_id = cast(:invoice_id AS uuid)
    AND cl.contract_line_id = cast(:contract_line_id AS text)
RETURNING billable_id AS detail_id
