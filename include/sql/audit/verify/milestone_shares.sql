-- Purpose: milestones whose shares do not come to exactly what the milestone says. Canceled shares count for nothing; once a share
-- was billed, the milestone may say something else.
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
    FROM invoicing.billable
    WHERE
        source = 'milestone'
        AND part = 1
        AND state <> 'canceled'
    GROUP BY contract_id, milestone_id
    HAVING NOT bool_or(state = 'billed')
)

SELECT
    m.contract_id,
    m.contract_line_id,
    m.milestone_id,
    format(
        'the milestone says amount %s, tax %s; its %s shares come to %s, %s',
        m.amount, m.tax_amount, share_sum.share_count, share_sum.amount, share_sum.tax_amount
    ) AS message
FROM milestone AS m
INNER JOIN share_sum ON m.contract_id = share_sum.contract_id AND m.milestone_id = share_sum.milestone_id
WHERE (m.amount, m.tax_amount) <> (share_sum.amount, share_sum.tax_amount)
ORDER BY m.contract_id ASC, m.milestone_id ASC
LIMIT :at_most
