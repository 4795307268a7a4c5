-- Rule: how much of each not-to-exceed limit is taken.
-- Grain: one row per limit; contract_line_id and customer_id are '' where it is for all of them.
CREATE OR REPLACE VIEW rules.limit_usage AS
SELECT
    cap.contract_id,
    cap.level,
    cap.contract_line_id,
    cap.customer_id,
    cap.limit_amount,
    coalesce(sum(claim.committed_amount), 0) AS committed_amount,
    coalesce(sum(claim.invoiced_amount), 0) AS invoiced_amount
FROM rules.contract_limit AS cap
LEFT JOIN rules.limit_claim AS claim
    ON
        cap.contract_id = claim.contract_id
        AND cap.level = claim.level
        AND cap.contract_line_id = claim.contract_line_id
        AND cap.customer_id = claim.customer_id
GROUP BY cap.contract_id, cap.level, cap.contract_line_id, cap.customer_id, cap.limit_amount;
