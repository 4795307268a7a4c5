-- Purpose: end the choice of invoices.
-- Parameters: none.
-- Grain: the table pg_temp.chosen_invoice.
-- May be repeated: the next choice makes it anew.
DROP TABLE pg_temp.chosen_invoice
