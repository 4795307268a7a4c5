-- Purpose: currency and decimals of every contract as it will be after the load, for rounding and for checking amounts.
-- Parameters: none (reads staged_project_contracts).
-- Grain: one row per contract, of the folder or of the warehouse; decimals is null where the currency is unknown.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE contract_currencies ON COMMIT DROP AS
WITH contract AS MATERIALIZED (
    SELECT
        contract_id,
        currency,
        file_line
    FROM pg_temp.staged_project_contracts
    WHERE contract_id IS NOT NULL
    UNION ALL
    SELECT
        contract_id,
        currency,
        cast(NULL AS bigint) AS file_line
    FROM invoicing.project_contract
)

SELECT DISTINCT ON (contract.contract_id)
    contract.contract_id,
    contract.currency,
    known.decimals
FROM contract
LEFT JOIN invoicing.currency AS known ON contract.currency = known.currency
ORDER BY contract.contract_id ASC, contract.file_line ASC NULLS LAST
