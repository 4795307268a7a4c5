-- Purpose: milestones whose date has come and that are not on an invoice: not ready, or made ready too late.
-- Parameters: as_of (date), contract_ids (null: all).
-- Grain: milestone.
-- May be repeated: reads only.
SELECT
    b.contract_id,
    CASE WHEN bool_and(b.is_ready) THEN 'milestone_late' ELSE 'milestone_not_ready' END AS code,
    'warning' AS severity,
    b.contract_line_id,
    cast(NULL AS text) AS customer_id,
    cast(NULL AS text) AS transaction_id,
    b.milestone_id,
    b.transaction_date AS subject_date,
    'Milestone ' || b.milestone_id || ' of ' || cast(b.transaction_date AS text) || CASE
        WHEN bool_and(b.is_ready) THEN ' became ready after its date was run; invoice it by hand.'
        ELSE ' was not ready on its date; mark it ready and invoice it by hand.'
    END AS message
FROM rules.open_billable AS b
INNER JOIN rules.dated_row AS s
    ON
        b.contract_id = s.contract_id
        AND b.contract_line_id = s.contract_line_id
        AND b.transaction_date = s.run_date
        AND b.milestone_id = s.source_id
        AND s.source = 'milestone'
WHERE
    b.source = 'milestone'
    AND NOT b.is_held
    AND s.contract_state = 'active'
    AND s.run_date <= :as_of
    AND (NOT b.is_ready OR s.run_status = 'run_successful')
    AND (cast(:contract_ids AS text[]) IS NULL OR b.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY b.contract_id, b.contract_line_id, b.milestone_id, b.transaction_date
