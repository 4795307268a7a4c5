-- Purpose: the limits of contracts and of their customers as a whole, and how much of each is taken.
-- Parameters: contract_ids.
-- Grain: one row per limit.
-- May be repeated: reads only.
SELECT
    cap.contract_id,
    cap.level,
    cap.contract_line_id,
    cap.customer_id,
    cap.limit_amount,
    cap.committed_amount + cap.invoiced_amount AS used_amount
FROM rules.limit_usage AS cap
WHERE
    cap.contract_id = any(cast(:contract_ids AS text[]))
    AND cap.contract_line_id = ''
ORDER BY cap.contract_id ASC, cap.level ASC, cap.customer_id ASC
