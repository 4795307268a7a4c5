-- Purpose: make currencies known to the warehouse, with the decimals that their amounts are rounded to.
-- Parameters: currencies (ISO 4217 codes that no contract uses), decimals (in the same order).
-- Grain: one row per currency.
-- May be repeated: yes.
INSERT INTO invoicing.currency AS known (currency, decimals)
SELECT
    c.currency,
    c.decimals
FROM unnest(cast(:currencies AS text[]), cast(:decimals AS smallint[])) AS c (currency, decimals)
ON CONFLICT (currency) DO UPDATE
    SET decimals = excluded.decimals
    WHERE known.decimals <> excluded.decimals
