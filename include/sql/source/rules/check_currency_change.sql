-- Purpose: contracts that change their currency although amounts in the old one are recorded, rounded to its decimals.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged contract; problems counts all of them.
-- May be repeated: reads only.
SELECT
    staged.file_line,
    staged.contract_id,
    staged.currency,
    staged.known_currency,
    count(*) OVER () AS problems
FROM pg_temp.contract_currencies AS staged
-- Joined for Citus, whose subqueries correlate with a distributed table alone.
INNER JOIN invoicing.project_contract AS c ON staged.contract_id = c.contract_id
WHERE
    staged.changes
    AND (
        EXISTS (
            SELECT FROM invoicing.transaction AS t
            WHERE t.contract_id = c.contract_id
        )
        OR EXISTS (
            SELECT FROM invoicing.milestone AS m
            WHERE m.contract_id = c.contract_id
        )
    )
ORDER BY staged.file_line ASC
LIMIT :listed
