-- Purpose: milestones whose shares do not come to exactly what the milestone says. Canceled shares count for nothing.
-- Parameters: from_date, to_date (milestone dates), at_most.
-- Grain: one row per milestone.
-- May be repeated: reads only.
WITH milestone AS (
    SELECT *
    FROM invoicing.milestone
    WHERE milestone_date BETWEEN :from_date AND :to_date
),

share_sum AS (
    SELECT
        contract_id,
        milestone_id,
        count(*) AS share_count,
        sum(amount) AS amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.actual
    WHERE
        kind = 'milestone'
        AND replaces_actual_id IS NULL
        AND billing_status <> 'canceled'
    GROUP BY contract_id, milestone_id
)

SELECT
    m.contract_id,
    m.contract_line_id,
    m.milestone_id,
    format(
        'the milestone says amount %s, tax %s; its %s shares come to %s, %s',
        m.amount, m.tax_amount, s.share_count, s.amount, s.tax_amount
    ) AS message
FROM milestone AS m
INNER JOIN share_sum AS s ON m.contract_id = s.contract_id AND m.milestone_id = s.milestone_id
WHERE (m.amount, m.tax_amount) <> (s.amount, s.tax_amount)
ORDER BY m.contract_id ASC, m.milestone_id ASC
LIMIT :at_most
