-- Purpose: take off the drafts that are derived afresh what does not stand there as it would be written; what it held is free again.
-- Parameters: attempt_id, bucket, change_id.
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
                contract_id,
                billable_id,
                FALSE AS stays
            FROM invoicing.run_held
            WHERE
                attempt_id = :attempt_id
                AND bucket = :bucket
                AND is_free
            UNION ALL
            SELECT
                contract_id,
                billable_id,
                TRUE AS stays
            FROM invoicing.run_selection
            WHERE
                attempt_id = :attempt_id
                AND bucket = :bucket
                AND (is_unchanged OR reason = 'quarantined')
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
