-- Purpose: how each staged contract line is split once the load has merged its customers with those of the warehouse.
-- Parameters: none (reads staged_contract_line_customers).
-- Grain: one row per contract line of the file. file_line: of its first row there. kept_percents: of customers that only the
--        warehouse has. was_shared: it had customers to bill before. complete: no row of it was found bad.
-- May be repeated: once the table is dropped; it goes with the transaction.
CREATE TEMPORARY TABLE line_splits ON COMMIT DROP AS
WITH staged AS (
    SELECT DISTINCT ON (contract_id, contract_line_id, customer_id)
        contract_id,
        contract_line_id,
        customer_id,
        split_percent,
        is_rounding_customer,
        file_line
    FROM pg_temp.staged_contract_line_customers
    WHERE num_nulls(contract_id, contract_line_id, customer_id) = 0
    ORDER BY contract_id ASC, contract_line_id ASC, customer_id ASC, file_line ASC
),

touched AS (
    SELECT DISTINCT
        contract_id,
        contract_line_id
    FROM staged
),

known AS MATERIALIZED (
    SELECT
        lc.contract_id,
        lc.contract_line_id,
        lc.customer_id,
        lc.split_percent,
        lc.is_rounding_customer
    FROM invoicing.contract_line_customer AS lc
    INNER JOIN touched
        ON lc.contract_id = touched.contract_id AND lc.contract_line_id = touched.contract_line_id
),

merged AS (
    SELECT
        staged.file_line,
        coalesce(staged.contract_id, known.contract_id) AS contract_id,
        coalesce(staged.contract_line_id, known.contract_line_id) AS contract_line_id,
        known.split_percent AS known_percent,
        CASE WHEN staged.file_line IS NULL THEN known.split_percent ELSE staged.split_percent END AS split_percent,
        CASE
            WHEN staged.file_line IS NULL THEN known.is_rounding_customer ELSE staged.is_rounding_customer
        END AS is_rounding_customer
    FROM staged
    FULL JOIN known
        ON
            staged.contract_id = known.contract_id
            AND staged.contract_line_id = known.contract_line_id
            AND staged.customer_id = known.customer_id
)

SELECT
    contract_id,
    contract_line_id,
    min(file_line) AS file_line,
    sum(split_percent) AS percents,
    coalesce(sum(split_percent) FILTER (WHERE file_line IS NULL), 0) AS kept_percents,
    count(*) FILTER (WHERE is_rounding_customer) AS rounding_customers,
    count(*) FILTER (WHERE is_rounding_customer AND split_percent = 0) AS idle_rounding_customers,
    coalesce(bool_or(known_percent > 0), FALSE) AS was_shared,
    bool_and(num_nulls(split_percent, is_rounding_customer) = 0) AS complete
FROM merged
GROUP BY contract_id, contract_line_id
