-- Purpose: record the numbers that are given.
-- Parameters: series, change_id.
-- Grain: one row in invoice_number per chosen invoice that has one.
-- May be repeated: no, the key refuses it.
INSERT INTO invoicing.invoice_number (invoice_number, series, number_in_series, contract_id, invoice_id, change_id)
SELECT
    chosen.invoice_number,
    cast(:series AS text) AS series,
    chosen.number_in_series,
    chosen.contract_id,
    chosen.invoice_id,
    cast(:change_id AS bigint) AS change_id
FROM pg_temp.chosen_invoice AS chosen
WHERE chosen.number_in_series IS NOT NULL
