-- Purpose: take off the drafts that are derived afresh what does not stand there as it would be written; what it held is free again.
-- Parameters: attempt_id, bucket, first_slot, last_slot, change_id.
-- Grain: invoice line details; the drafts that lose any get a new version.
-- May be repeated: yes.
WITH released AS (
    DELETE FROM invoicing.invoice_line_detail AS d
    USING (
        -- Grouped, not anti-joined: no plan of a group depends on how many rows somebody expected.
        SELECT
            contract_id,
            billable_id
        FROM (
            SELECT
                held.contract_id,
                held.billable_id,
                FALSE AS stays
            FROM invoicing.run_due_row AS l
            INNER JOIN invoicing.invoice AS i ON l.contract_id = i.contract_id AND l.run_date = i.run_date
            INNER JOIN invoicing.invoice_line_detail AS held
                ON
                    i.contract_id = held.contract_id
                    AND i.invoice_id = held.invoice_id
                    AND l.contract_line_id = held.contract_line_id
            WHERE
                l.attempt_id = :attempt_id
                AND l.slot BETWEEN :first_slot AND :last_slot
                AND l.customer_id = ''
                AND NOT l.is_quarantined
                AND i.is_run_owned
            UNION ALL
            SELECT
                contract_id,
                unnest(billable_ids) AS billable_id,
                TRUE AS stays
            FROM invoicing.run_line
            WHERE
                attempt_id = :attempt_id
                AND bucket = :bucket
                AND is_unchanged
        ) AS standing
        GROUP BY contract_id, billable_id
        HAVING NOT bool_or(stays)
    ) AS stale
    WHERE
        d.contract_id = stale.contract_id
        AND d.billable_id = stale.billable_id
    RETURNING d.contract_id, d.invoice_id
)

UPDATE invoicing.invoice AS i
SET version = :change_id
FROM (
    SELECT DISTINCT
        contract_id,
        invoice_id
    FROM released
) AS changed
WHERE
    i.contract_id = changed.contract_id
    AND i.invoice_id = changed.invoice_id
