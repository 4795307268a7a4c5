-- Purpose: take over the customers of a load.
-- Parameters: none (reads staged_customers).
-- Grain: one row per customer.
-- May be repeated: a row that says the same already is not touched.
INSERT INTO invoicing.customer AS known (customer_id, name)
SELECT
    customer_id,
    name
FROM pg_temp.staged_customers
ON CONFLICT (customer_id) DO UPDATE
    SET
        name = excluded.name
    WHERE known.name IS DISTINCT FROM excluded.name
