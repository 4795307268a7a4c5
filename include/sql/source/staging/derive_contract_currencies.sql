-- Purpose: currency and decimals of every contract as it will be after the load, for rounding and for checking amounts.
-- Parameters: none (reads staged_project_contracts).
-- Grain: one row per contract, of the folder (with its file_line there) or of the warehouse; decimals is null where the
--        currency is unknown.
-- May be repeated: once the table is dropped; it goes with the transaction.
CREATE TEMPORARY TABLE contract_currencies ON COMMIT DROP AS
WITH staged AS (
    SELECT DISTINCT ON (contract_id)
        contract_id,
        currency,
        file_line
    FROM pg_temp.staged_project_contracts
    WHERE contract_id IS NOT NULL
    ORDER BY contract_id ASC, file_line ASC
),

known AS MATERIALIZED (
    SELECT
        c.contract_id,
        c.currency
    FROM invoicing.project_contract AS c
),

merged AS (
    SELECT
        staged.file_line,
        known.currency AS known_currency,
        coalesce(staged.contract_id, known.contract_id) AS contract_id,
        coalesce(staged.currency, known.currency) AS currency
    FROM staged
    FULL JOIN known ON staged.contract_id = known.contract_id
)

SELECT
    merged.contract_id,
    merged.currency,
    cu.decimals,
    merged.file_line,
    merged.known_currency,
    coalesce(merged.currency <> merged.known_currency, FALSE) AS changes
FROM merged
LEFT JOIN invoicing.currency AS cu ON merged.currency = cu.currency
