-- Purpose: record what each customer owes for the milestones of a load: the customer that a milestone names, else all
--          customers of its line in their percents, of which the rounding customer gets exactly what remains. The split is
--          fixed here; later percents reach a milestone only when what it bills changes.
-- Parameters: recorded_at (reads changed_milestones, contract_currencies).
-- Grain: one milestone actual, of quantity 1 in all, per milestone and customer with a share, in the order of their ids.
-- May be repeated: a share that says the same already is not touched.
INSERT INTO invoicing.actual AS known (
    contract_id, contract_line_id, customer_id, milestone_id, kind, transaction_class, billing_type, billing_status,
    transaction_date, quantity, unit_price, amount, tax_amount, recorded_at
)
WITH share AS (
    SELECT
        changed.contract_id,
        changed.milestone_id,
        changed.contract_line_id,
        changed.billing_status,
        changed.milestone_date,
        changed.amount AS whole_amount,
        changed.tax_amount AS whole_tax_amount,
        coalesce(changed.customer_id, customer.customer_id) AS customer_id,
        coalesce(customer.is_rounding_customer, TRUE) AS takes_the_rest,
        round(coalesce(customer.split_percent, 100) * 0.01, 4) AS quantity,
        round(changed.amount * coalesce(customer.split_percent, 100) * 0.01, contract.decimals) AS amount,
        round(changed.tax_amount * coalesce(customer.split_percent, 100) * 0.01, contract.decimals) AS tax_amount
    FROM pg_temp.changed_milestones AS changed
    INNER JOIN pg_temp.contract_currencies AS contract ON changed.contract_id = contract.contract_id
    LEFT JOIN invoicing.contract_line_customer AS customer
        ON
            changed.contract_id = customer.contract_id
            AND changed.contract_line_id = customer.contract_line_id
            AND changed.customer_id IS NULL
            AND customer.split_percent > 0
    WHERE
        changed.difference <> 'described'
        AND coalesce(changed.customer_id, customer.customer_id) IS NOT NULL
)

SELECT
    contract_id,
    contract_line_id,
    customer_id,
    milestone_id,
    'milestone' AS kind,
    'milestone' AS transaction_class,
    'chargeable' AS billing_type,
    cast(
        CASE billing_status WHEN 'not_ready' THEN 'unbilled' ELSE 'ready_to_invoice' END AS invoicing.billing_status
    ) AS billing_status,
    milestone_date AS transaction_date,
    -- What remains: the whole, less what all the others get.
    CASE
        WHEN takes_the_rest THEN 1 - (sum(quantity) OVER whole - quantity) ELSE quantity
    END AS quantity,
    whole_amount AS unit_price,
    CASE
        WHEN takes_the_rest THEN whole_amount - (sum(amount) OVER whole - amount) ELSE amount
    END AS amount,
    CASE
        WHEN takes_the_rest THEN whole_tax_amount - (sum(tax_amount) OVER whole - tax_amount) ELSE tax_amount
    END AS tax_amount,
    cast(:recorded_at AS timestamptz) AS recorded_at
FROM share
WINDOW whole AS (PARTITION BY contract_id, milestone_id)
ORDER BY contract_id ASC, milestone_id ASC, customer_id ASC
ON CONFLICT (contract_id, milestone_id, customer_id)
WHERE kind = 'milestone' AND replaces_actual_id IS NULL
DO UPDATE
    SET
        contract_line_id = excluded.contract_line_id,
        billing_status = excluded.billing_status,
        transaction_date = excluded.transaction_date,
        quantity = excluded.quantity,
        unit_price = excluded.unit_price,
        amount = excluded.amount,
        tax_amount = excluded.tax_amount,
        recorded_at = excluded.recorded_at
    WHERE (
        known.contract_line_id, known.billing_status,
        known.transaction_date, known.quantity, known.unit_price, known.amount, known.tax_amount
    ) IS DISTINCT FROM (
        excluded.contract_line_id, excluded.billing_status,
        excluded.transaction_date, excluded.quantity, excluded.unit_price, excluded.amount, excluded.tax_amount
    )
