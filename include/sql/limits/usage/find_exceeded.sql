-- Purpose: the first limit of a customer's work on a line of which more is taken than there is.
-- Parameters: contract_id, contract_line_id, customer_id.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    cap.level,
    cap.contract_line_id,
    cap.customer_id,
    cap.limit_amount,
    cap.committed_amount + cap.invoiced_amount AS used_amount
FROM rules.limit_usage AS cap
WHERE
    cap.contract_id = :contract_id
    AND cap.contract_line_id IN ('', cast(:contract_line_id AS text))
    AND cap.customer_id IN ('', cast(:customer_id AS text))
    AND cap.committed_amount + cap.invoiced_amount > cap.limit_amount
ORDER BY cap.level ASC
LIMIT 1
