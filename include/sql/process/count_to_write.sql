-- Purpose: how many details the selection says have to be written.
-- Parameters: run_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT count(*) AS details
FROM invoicing.run_selection
WHERE
    run_id = :run_id
    AND reason = 'invoiced'
    AND NOT already_drafted
