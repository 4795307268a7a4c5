-- Purpose: the staged transactions that are not yet in the warehouse as they stand in the file, amounts filled in and
--          rounded to the currency. The take-over and the recording of shares work on these alone.
-- Parameters: none (reads staged_transactions, contract_currencies, line_splits).
-- Grain: one row per staged transaction that differs. difference: `new`; `rebilled` (something that bills differs);
--        `waiting` (bills the same, but its line has had no customers to bill so far); `described` (the rest).
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE changed_transactions ON COMMIT DROP AS
WITH staged AS (
    SELECT
        delivered.file_line,
        delivered.contract_id,
        delivered.transaction_id,
        delivered.contract_line_id,
        delivered.customer_id,
        delivered.transaction_class,
        delivered.transaction_date,
        delivered.description,
        delivered.role_id,
        delivered.resource_id,
        delivered.category,
        delivered.unit,
        delivered.quantity,
        delivered.unit_price,
        round(coalesce(delivered.amount, delivered.quantity * delivered.unit_price), contract.decimals) AS amount,
        round(coalesce(delivered.tax_amount, 0), contract.decimals) AS tax_amount,
        delivered.billing_type,
        delivered.billing_status
    FROM pg_temp.staged_transactions AS delivered
    INNER JOIN pg_temp.contract_currencies AS contract ON delivered.contract_id = contract.contract_id
),

known AS MATERIALIZED (
    SELECT billable.*
    FROM invoicing.transaction AS billable
    INNER JOIN pg_temp.staged_transactions AS delivered
        ON billable.contract_id = delivered.contract_id AND billable.transaction_id = delivered.transaction_id
),

compared AS (
    SELECT
        staged.*,
        CASE
            WHEN known.contract_id IS NULL THEN 'new'
            WHEN (
                row(
                    staged.contract_line_id, staged.customer_id, staged.transaction_class,
                    staged.transaction_date, staged.quantity, staged.unit_price, staged.amount,
                    staged.tax_amount, staged.billing_type, staged.billing_status
                ) IS DISTINCT FROM row(
                    known.contract_line_id, known.customer_id, known.transaction_class,
                    known.transaction_date, known.quantity, known.unit_price, known.amount,
                    known.tax_amount, known.billing_type, known.billing_status
                )
            ) THEN 'rebilled'
            WHEN NOT coalesce(split.was_shared, TRUE) THEN 'waiting'
            WHEN (
                row(staged.description, staged.role_id, staged.resource_id, staged.category, staged.unit)
                IS DISTINCT FROM row(known.description, known.role_id, known.resource_id, known.category, known.unit)
            ) THEN 'described'
        END AS difference
    FROM staged
    LEFT JOIN known ON staged.contract_id = known.contract_id AND staged.transaction_id = known.transaction_id
    LEFT JOIN pg_temp.line_splits AS split
        ON staged.contract_id = split.contract_id AND staged.contract_line_id = split.contract_line_id
)

SELECT *
FROM compared
WHERE difference IS NOT NULL
