-- Purpose: take the next numbers of a series for a batch. Whoever takes some keeps the series until the end of the transaction;
-- when that is rolled back they are as if never taken, so that none is missing.
-- Parameters: series, count.
-- Grain: one row, the last of the numbers taken.
-- May be repeated: no, each time takes more.
INSERT INTO invoicing.invoice_number_series AS s (series, last_number)
VALUES (:series, :count)
ON CONFLICT (series) DO UPDATE SET last_number = s.last_number + excluded.last_number
RETURNING last_number
