-- Purpose: milestones whose date has come and that are not on an invoice: not ready, or made ready too late.
-- Parameters: as_of (date), contract_ids (null: all).
-- Grain: milestone.
-- May be repeated: on an emptied found_exception, yes.
INSERT INTO pg_temp.found_exception (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message
)
SELECT
    m.contract_id,
    CASE WHEN m.billing_status = 'not_ready' THEN 'milestone_not_ready' ELSE 'milestone_late' END AS code,
    'warning' AS severity,
    m.contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    m.milestone_id,
    m.milestone_date AS subject_date,
    'Milestone ' || m.milestone_id || ' of ' || cast(m.milestone_date AS text) || CASE
        WHEN m.billing_status = 'not_ready' THEN ' was not ready on its date; mark it ready and invoice it by hand.'
        ELSE ' became ready after its date was run; invoice it by hand.'
    END AS message
FROM invoicing.milestone AS m
INNER JOIN invoicing.contract_line AS cl
    ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
INNER JOIN invoicing.project_contract AS c ON m.contract_id = c.contract_id
WHERE
    c.state = 'active'
    AND cl.billing_method = 'fixed_price'
    AND m.milestone_date <= :as_of
    AND (m.billing_status = 'not_ready' OR m.run_status = 'run_successful')
    AND EXISTS (
        SELECT 1
        FROM invoicing.actual AS a
        LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
        WHERE
            a.contract_id = m.contract_id
            AND a.milestone_id = m.milestone_id
            AND a.kind = 'milestone'
            AND a.billing_status IN ('unbilled', 'ready_to_invoice')
            AND d.actual_id IS NULL
    )
    AND (cast(:contract_ids AS text[]) IS NULL OR m.contract_id = any(cast(:contract_ids AS text[])))
