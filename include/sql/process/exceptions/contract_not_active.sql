-- Purpose: contracts that are on hold, in draft or closed while rows of their schedule come due.
-- Parameters: as_of (date), oldest_as_of (date), contract_ids (null: all).
-- Grain: contract.
-- May be repeated: on an emptied found_exception, yes.
INSERT INTO pg_temp.found_exception (
    contract_id, code, severity, contract_line_id, customer_id, transaction_id, milestone_id, subject_date, message
)
SELECT
    c.contract_id,
    'contract_not_active' AS code,
    'warning' AS severity,
    NULL AS contract_line_id,
    NULL AS customer_id,
    NULL AS transaction_id,
    NULL AS milestone_id,
    NULL AS subject_date,
    'Contract ' || c.contract_id || ' is ' || c.state || ' and ' || cast(count(*) AS text)
    || ' due rows of its schedule wait; make it active, or mark the rows run_successful.' AS message
FROM (
    SELECT
        contract_id,
        contract_line_id,
        run_date
    FROM invoicing.invoice_schedule
    WHERE run_status <> 'run_successful'
    UNION
    SELECT
        m.contract_id,
        m.contract_line_id,
        m.milestone_date AS run_date
    FROM invoicing.milestone AS m
    INNER JOIN invoicing.contract_line AS cl
        ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
    WHERE
        cl.billing_method = 'fixed_price'
        AND m.run_status <> 'run_successful'
) AS s
INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
WHERE
    c.state <> 'active'
    AND s.run_date BETWEEN :oldest_as_of AND :as_of
    AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
GROUP BY c.contract_id, c.state
