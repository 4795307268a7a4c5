-- Purpose: milestones whose shares do not come to exactly what the milestone says. Canceled shares count for nothing.
-- Parameters: run_date (null: all; else those of that milestone date), at_most.
-- Grain: one row per milestone.
-- May be repeated: reads only.
SELECT
    m.contract_id,
    m.contract_line_id,
    m.milestone_id,
    format(
        'the milestone says amount %s, tax %s; its %s shares come to %s, %s',
        m.amount, m.tax_amount, share.shares, share.amount, share.tax_amount
    ) AS message
FROM invoicing.milestone AS m
INNER JOIN (
    SELECT
        contract_id,
        milestone_id,
        count(*) AS shares,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.actual
    WHERE
        kind = 'milestone'
        AND billing_status <> 'canceled'
    GROUP BY contract_id, milestone_id
) AS share ON m.contract_id = share.contract_id AND m.milestone_id = share.milestone_id
WHERE
    (CAST(:run_date AS date) IS NULL OR m.milestone_date = CAST(:run_date AS date))
    AND (m.amount, m.tax_amount) IS DISTINCT FROM (share.amount, share.tax_amount)
ORDER BY m.contract_id, m.milestone_id
LIMIT :at_most
