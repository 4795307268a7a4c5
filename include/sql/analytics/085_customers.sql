-- One row per customer.
CREATE OR REPLACE VIEW analytics.customers AS
SELECT
    customer_id,
    name
FROM invoicing.customer;

COMMENT ON VIEW analytics.customers IS 'Customers, as they were loaded last.';
COMMENT ON COLUMN analytics.customers.customer_id IS 'Id of the customer in the source.';
COMMENT ON COLUMN analytics.customers.name IS 'Name of the customer.';
