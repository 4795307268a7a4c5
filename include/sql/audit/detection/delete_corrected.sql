-- Purpose: forget the problems that were corrected.
-- Parameters: contract_ids (null: all), severities (those that were looked for).
-- Grain: open problems.
-- May be repeated: yes.
-- A CTE, since Citus takes no temporary table in a subquery of a DELETE.
WITH found AS (
    SELECT *
    FROM pg_temp.found_exception
)

DELETE FROM invoicing.billing_exception AS e
WHERE
    e.severity = any(cast(:severities AS text[]))
    AND (cast(:contract_ids AS text[]) IS NULL OR e.contract_id = any(cast(:contract_ids AS text[])))
    AND NOT EXISTS (
        SELECT 1
        FROM found AS f
        WHERE
            f.contract_id = e.contract_id
            AND f.code = e.code
            AND f.contract_line_id IS NOT DISTINCT FROM e.contract_line_id
            AND f.customer_id IS NOT DISTINCT FROM e.customer_id
            AND f.transaction_id IS NOT DISTINCT FROM e.transaction_id
            AND f.milestone_id IS NOT DISTINCT FROM e.milestone_id
            AND f.subject_date IS NOT DISTINCT FROM e.subject_date
    )
