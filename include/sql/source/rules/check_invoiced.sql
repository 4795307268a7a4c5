-- Purpose: transactions and milestones that would bill otherwise than an invoice which already holds them.
-- Parameters: source (transaction, milestone), listed (at most so many rows).
-- Grain: one row per changed source; problems counts all of them.
-- May be repeated: reads only.
SELECT
    found.file_line,
    found.contract_id,
    found.source_id,
    found.invoice_id,
    found.run_date,
    found.status,
    count(*) OVER () AS problems
FROM (
    SELECT DISTINCT ON (changed.contract_id, changed.source_id)
        changed.file_line,
        changed.contract_id,
        changed.source_id,
        i.invoice_id,
        i.run_date,
        i.status
    FROM pg_temp.changed_source AS changed
    INNER JOIN pg_temp.known_share AS known
        ON
            changed.source = known.source
            AND changed.contract_id = known.contract_id
            AND changed.source_id = known.source_id
    LEFT JOIN invoicing.invoice_line_detail AS d
        ON known.contract_id = d.contract_id AND known.billable_id = d.billable_id
    LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    WHERE
        changed.source = cast(:source AS invoicing.billable_source)
        AND changed.file_line IS NOT NULL
        AND (d.invoice_id IS NOT NULL OR known.state = 'billed')
    ORDER BY changed.contract_id ASC, changed.source_id ASC, known.customer_id ASC
) AS found
ORDER BY found.file_line ASC
LIMIT :listed
