-- Purpose: contract lines that change their billing method although sales of the old one are billed.
-- Parameters: listed (at most so many rows).
-- Grain: one row per staged contract line; problems counts all of them.
-- May be repeated: reads only.
SELECT
    staged.file_line,
    staged.contract_id,
    staged.contract_line_id,
    staged.billing_method,
    cl.billing_method AS known_billing_method,
    count(*) OVER () AS problems
FROM pg_temp.staged_contract_lines AS staged
INNER JOIN invoicing.contract_line AS cl
    ON staged.contract_id = cl.contract_id AND staged.contract_line_id = cl.contract_line_id
WHERE
    staged.billing_method <> cl.billing_method
    AND EXISTS (
        SELECT FROM invoicing.posting AS p
        WHERE
            p.contract_id = staged.contract_id
            AND p.contract_line_id = staged.contract_line_id
    )
ORDER BY staged.file_line ASC
LIMIT :listed
