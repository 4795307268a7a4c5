-- Purpose: a number that would be given a second time, which another pattern may lead to.
-- Parameters: none.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    n.invoice_number,
    n.series
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.invoice_number AS n ON chosen.invoice_number = n.invoice_number
ORDER BY n.invoice_number ASC
LIMIT 1
