-- Purpose: milestones whose shares do not come to exactly what the milestone says. Canceled shares count for nothing; of one
-- that was billed counts what the source says since.
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
        b.contract_id,
        b.milestone_id,
        count(*) AS share_count,
        sum(coalesce(later.amount, b.amount)) AS amount,
        sum(coalesce(later.tax_amount, b.tax_amount)) AS tax_amount
    FROM invoicing.billable AS b
    LEFT JOIN invoicing.later_share AS later ON b.contract_id = later.contract_id AND b.billable_id = later.billable_id
    WHERE
        b.source = 'milestone'
        AND b.part = 1
        AND coalesce(later.state, b.state) <> 'canceled'
    GROUP BY b.contract_id, b.milestone_id
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
