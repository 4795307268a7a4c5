-- Purpose: the staged milestones that are not yet in the warehouse as they stand in the file, amounts rounded to the
--          currency. The take-over and the recording of shares work on these alone.
-- Parameters: none (reads staged_milestones, contract_currencies, line_splits).
-- Grain: one row per staged milestone that differs. difference: as in find_changed_transactions.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE changed_milestones ON COMMIT DROP AS
WITH staged AS (
    SELECT
        delivered.file_line,
        delivered.contract_id,
        delivered.milestone_id,
        delivered.contract_line_id,
        delivered.customer_id,
        delivered.name,
        delivered.milestone_date,
        round(delivered.amount, contract.decimals) AS amount,
        round(coalesce(delivered.tax_amount, 0), contract.decimals) AS tax_amount,
        delivered.billing_status
    FROM pg_temp.staged_milestones AS delivered
    INNER JOIN pg_temp.contract_currencies AS contract ON delivered.contract_id = contract.contract_id
),

known AS MATERIALIZED (
    SELECT billable.*
    FROM invoicing.milestone AS billable
    INNER JOIN pg_temp.staged_milestones AS delivered
        ON billable.contract_id = delivered.contract_id AND billable.milestone_id = delivered.milestone_id
),

compared AS (
    SELECT
        staged.*,
        CASE
            WHEN known.contract_id IS NULL THEN 'new'
            WHEN (
                row(
                    staged.contract_line_id, staged.customer_id, staged.milestone_date,
                    staged.amount, staged.tax_amount, staged.billing_status
                ) IS DISTINCT FROM row(
                    known.contract_line_id, known.customer_id, known.milestone_date, known.amount,
                    known.tax_amount, known.billing_status
                )
            ) THEN 'rebilled'
            WHEN NOT coalesce(split.was_shared, TRUE) THEN 'waiting'
            WHEN staged.name <> known.name THEN 'described'
        END AS difference
    FROM staged
    LEFT JOIN known ON staged.contract_id = known.contract_id AND staged.milestone_id = known.milestone_id
    LEFT JOIN pg_temp.line_splits AS split
        ON staged.contract_id = split.contract_id AND staged.contract_line_id = split.contract_line_id
)

SELECT *
FROM compared
WHERE difference IS NOT NULL
