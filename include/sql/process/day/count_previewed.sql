-- Purpose: how many invoices would stand for the rows of an attempt that is only rehearsed, with their lines and details that are due.
-- Parameters: attempt_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT
    count(DISTINCT foreseen.invoice_id) AS invoices,
    count(*) AS invoice_lines,
    cast(coalesce(sum(foreseen.details), 0) AS bigint) AS details
FROM (
    SELECT
        invoice_id,
        contract_line_id,
        sum(details) AS details
    FROM rules.foreseen_line
    WHERE
        attempt_id = :attempt_id
        AND is_due
    GROUP BY contract_id, invoice_id, contract_line_id
) AS foreseen
