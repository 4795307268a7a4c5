-- Purpose: make currencies known to the warehouse, with the decimals that their amounts are rounded to.
-- Parameters: currencies (ISO 4217 codes), decimals (in the same order).
-- Grain: one row per currency.
-- May be repeated: yes; a known currency keeps its decimals, since amounts in it were rounded to them.
INSERT INTO invoicing.currency (currency, decimals)
SELECT
    c.currency,
    c.decimals
FROM unnest(cast(:currencies AS text[]), cast(:decimals AS smallint[])) AS c (currency, decimals)
ON CONFLICT (currency) DO NOTHING
