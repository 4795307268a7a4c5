-- Purpose: keep the problems found, those known already with the day they were first seen.
-- Parameters: run_date (null: no run looks).
-- Grain: open problems.
-- May be repeated: a known problem is not touched, unless its message says something new.
INSERT INTO invoicing.billing_exception AS known (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message, run_date
)
SELECT
    contract_id,
    code,
    severity,
    contract_line_id,
    customer_id,
    transaction_id,
    milestone_id,
    subject_date,
    message,
    cast(:run_date AS date) AS run_date
FROM pg_temp.found_exception
ORDER BY contract_id, code, contract_line_id, customer_id, transaction_id, milestone_id, subject_date
ON CONFLICT (contract_id, code, contract_line_id, customer_id, transaction_id, milestone_id, subject_date) DO UPDATE SET
    severity = excluded.severity,
    message = excluded.message
WHERE (known.severity, known.message) IS DISTINCT FROM (excluded.severity, excluded.message)
