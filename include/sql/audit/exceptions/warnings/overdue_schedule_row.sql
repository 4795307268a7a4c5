-- Purpose: rows that are due and too old to be caught up. A milestone counts once it is ready.
-- Parameters: oldest_as_of (date), contract_ids (null: all).
-- Grain: schedule row.
-- May be repeated: reads only.
SELECT
    s.contract_id,
    'overdue_schedule_row' AS code,
    'warning' AS severity,
    s.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    m.milestone_id,
    s.run_date AS subject_date,
    CASE
        WHEN m.milestone_id IS NULL
            THEN
                'Contract line ' || s.contract_line_id || ' was due on ' || cast(s.run_date AS text)
                || ' and has not run; run that date by hand, or mark the row run_successful.'
        ELSE
            'Milestone ' || m.milestone_id || ' was due on ' || cast(s.run_date AS text)
            || ' and its date has not run; run that date by hand, or invoice the milestone by hand.'
    END AS message
FROM rules.pending_row AS s
LEFT JOIN invoicing.milestone AS m
    ON s.contract_id = m.contract_id AND s.source_id = m.milestone_id AND s.source = 'milestone'
WHERE
    s.contract_state = 'active'
    AND s.run_date < :oldest_as_of
    AND (m.milestone_id IS NULL OR m.billing_status = 'ready_to_invoice')
    AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
