-- Purpose: how large the day is: the due lines of each slot, and how much is open of them.
-- Parameters: attempt_id.
-- Grain: one row per slot with due lines.
-- May be repeated: reads only.
SELECT
    l.slot,
    count(DISTINCT row(l.contract_id, l.contract_line_id, l.run_date)) AS due_lines,
    coalesce(sum(o.open_count), 0) AS open_count
FROM invoicing.run_due_row AS l
LEFT JOIN LATERAL (
    SELECT count(*) AS open_count
    FROM invoicing.billable AS b
    WHERE
        b.contract_id = l.contract_id
        AND b.contract_line_id = l.contract_line_id
        AND b.state = 'open'
        AND b.transaction_date > l.takes_after
        AND b.transaction_date <= l.takes_until
) AS o ON TRUE
WHERE l.attempt_id = :attempt_id
GROUP BY l.slot
ORDER BY l.slot
