-- Purpose: the due lines of a range of slots, and the contracts among them that are set aside.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one row. A line due for several run dates counts for each.
-- May be repeated: reads only.
SELECT
    count(DISTINCT row(contract_id, contract_line_id, run_date)) AS due_lines,
    count(DISTINCT contract_id) FILTER (WHERE is_quarantined) AS quarantined_contracts
FROM invoicing.run_due_row
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
