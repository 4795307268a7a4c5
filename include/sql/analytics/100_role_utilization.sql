-- One row per role and week. Hours count for the default role of the resource; billable are the chargeable hours.
CREATE OR REPLACE VIEW analytics.role_utilization AS
SELECT
    r.role_id,
    r.name AS role_name,
    w.week_start,
    w.capacity_hours,
    w.billable_hours,
    round(100 * w.billable_hours / nullif(w.capacity_hours, 0), 2) AS utilization_percent,
    w.target_utilization_percent,
    round(100 * w.billable_hours / nullif(w.capacity_hours, 0), 2) - w.target_utilization_percent AS difference_percent
FROM invoicing.role AS r
INNER JOIN (
    SELECT
        p.default_role_id AS role_id,
        h.week_start,
        sum(h.capacity_hours) AS capacity_hours,
        sum(h.billable_hours) AS billable_hours,
        round(avg(coalesce(p.target_utilization_percent, d.target_utilization_percent)), 2) AS target_utilization_percent
    FROM (
        SELECT
            resource_id,
            week_start,
            sum(capacity_hours) AS capacity_hours,
            sum(billable_hours) AS billable_hours
        FROM (
            SELECT
                resource_id,
                date - (cast(extract(ISODOW FROM date) AS integer) - 1) AS week_start,
                capacity_hours,
                0 AS billable_hours
            FROM invoicing.resource_capacity
            UNION ALL
            SELECT
                t.resource_id,
                b.transaction_date - (cast(extract(ISODOW FROM b.transaction_date) AS integer) - 1) AS week_start,
                0 AS capacity_hours,
                b.quantity AS billable_hours
            FROM invoicing.billable AS b
            INNER JOIN invoicing.transaction AS t
                ON b.contract_id = t.contract_id AND b.transaction_id = t.transaction_id
            WHERE
                b.source = 'transaction'
                AND b.part = 1
                AND b.transaction_class = 'time'
                AND b.billing_type = 'chargeable'
                AND b.state <> 'canceled'
        ) AS hours
        GROUP BY resource_id, week_start
    ) AS h
    INNER JOIN invoicing.resource AS p ON h.resource_id = p.resource_id
    INNER JOIN invoicing.role AS d ON p.default_role_id = d.role_id
    GROUP BY p.default_role_id, h.week_start
) AS w ON r.role_id = w.role_id;

COMMENT ON VIEW analytics.role_utilization IS 'How much of its capacity each role works billably, week by week.';
COMMENT ON COLUMN analytics.role_utilization.role_id IS 'Role: the default role of the people counted.';
COMMENT ON COLUMN analytics.role_utilization.role_name IS 'Name of the role.';
COMMENT ON COLUMN analytics.role_utilization.week_start IS 'Monday of the week.';
COMMENT ON COLUMN analytics.role_utilization.capacity_hours IS 'Working hours of the role''s people.';
COMMENT ON COLUMN analytics.role_utilization.billable_hours IS 'Their chargeable hours, as approved.';
COMMENT ON COLUMN analytics.role_utilization.utilization_percent IS 'billable_hours in percent of capacity_hours; null without capacity.';
COMMENT ON COLUMN analytics.role_utilization.target_utilization_percent IS 'Average target of the people counted: their own, else that of their role.';
COMMENT ON COLUMN analytics.role_utilization.difference_percent IS 'utilization_percent - target_utilization_percent.';
