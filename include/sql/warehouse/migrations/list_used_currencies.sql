-- Purpose: the currencies that contracts use, whose amounts were rounded to the decimals that they have.
-- Parameters: none.
-- Grain: one row per currency.
-- May be repeated: reads only.
SELECT DISTINCT currency
FROM invoicing.project_contract
