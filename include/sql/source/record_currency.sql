-- Purpose: make a currency and its decimals known to the warehouse.
-- Parameters: currency (ISO 4217 code), decimals.
-- Grain: one row per currency.
-- May be repeated: a known currency keeps the decimals that its recorded amounts were rounded by.
INSERT INTO invoicing.currency (currency, decimals)
VALUES (:currency, :decimals)
ON CONFLICT (currency) DO NOTHING
