-- Purpose: ready transactions that a run must have invoiced and that are on no invoice: a lost detail, even when all totals
-- were made to match. Judged by what cannot have changed since: the transaction has said the same since before the run, and
-- either its row's draft, untouched, still holds others of its line and class, or the run left out nothing that was ready.
-- Parameters: run_date (null: all; else rows of that date), at_most.
-- Grain: one row per share of a transaction.
-- May be repeated: reads only.
WITH waiting AS (
    SELECT
        a.contract_id,
        a.contract_line_id,
        a.actual_id,
        a.customer_id,
        a.transaction_id,
        a.transaction_class,
        a.transaction_date,
        a.amount,
        a.recorded_at
    FROM invoicing.actual AS a
    INNER JOIN invoicing.contract_line AS cl
        ON a.contract_id = cl.contract_id AND a.contract_line_id = cl.contract_line_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
    WHERE
        a.kind = 'unbilled_sales'
        AND a.billing_status = 'ready_to_invoice'
        AND cl.billing_method = 'time_and_material'
        AND CASE a.transaction_class
            WHEN 'time' THEN cl.includes_time
            WHEN 'expense' THEN cl.includes_expense
            WHEN 'material' THEN cl.includes_material
            WHEN 'fee' THEN cl.includes_fee
        END
        AND d.actual_id IS NULL
),

-- The row that decided last: of the rows that admit it, those of the latest run, and of these the oldest.
decided AS (
    SELECT DISTINCT ON (w.contract_id, w.actual_id)
        w.*,
        s.run_date,
        s.run_status,
        s.ran_at,
        coalesce(s.transaction_cutoff_date, s.run_date - 1) AS cutoff_date
    FROM waiting AS w
    INNER JOIN invoicing.invoice_schedule AS s
        ON
            w.contract_id = s.contract_id
            AND w.contract_line_id = s.contract_line_id
            AND w.transaction_date <= coalesce(s.transaction_cutoff_date, s.run_date - 1)
            AND w.recorded_at < s.ran_at
    ORDER BY w.contract_id, w.actual_id, s.ran_at DESC, s.run_date
),

suspect AS (
    SELECT d.*
    FROM decided AS d
    LEFT JOIN invoicing.invoice AS i
        ON
            d.contract_id = i.contract_id
            AND d.customer_id = i.customer_id
            AND d.run_date = i.run_date
            AND i.origin = 'scheduled'
    LEFT JOIN invoicing.untouched_draft AS u ON i.contract_id = u.contract_id AND i.invoice_id = u.invoice_id
    WHERE
        (CAST(:run_date AS date) IS NULL OR d.run_date = CAST(:run_date AS date))
        AND d.run_status = 'run_successful'
        AND (i.invoice_id IS NULL OR u.invoice_id IS NOT NULL)
),

draft_holds_others AS (
    SELECT
        s.contract_id,
        s.actual_id
    FROM suspect AS s
    INNER JOIN invoicing.untouched_draft AS u
        ON s.contract_id = u.contract_id AND s.customer_id = u.customer_id AND s.run_date = u.run_date
    INNER JOIN invoicing.invoice_line_detail AS d
        ON u.contract_id = d.contract_id AND u.invoice_id = d.invoice_id AND s.contract_line_id = d.contract_line_id
    INNER JOIN invoicing.actual AS a
        ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id AND s.transaction_class = a.transaction_class
),

run_took_all AS (
    SELECT
        s.contract_id,
        s.actual_id
    FROM suspect AS s
    INNER JOIN invoicing.invoice_run AS r ON s.ran_at = r.started_at AND r.status = 'succeeded'
    LEFT JOIN invoicing.run_accounting AS x
        ON r.run_id = x.run_id AND x.reason IN ('class_not_included', 'on_a_draft', 'not_to_exceed')
    LEFT JOIN invoicing.invoice_run AS later ON s.run_date = later.run_date AND r.started_at < later.started_at
    WHERE
        x.run_id IS NULL
        AND later.run_id IS NULL
)

SELECT
    s.contract_id,
    s.contract_line_id,
    s.actual_id,
    s.transaction_id,
    format(
        'a ready transaction of %s, amount %s, was there when the row of %s with cut-off %s ran, and is on no invoice',
        s.transaction_date, s.amount, s.run_date, s.cutoff_date
    ) AS message
FROM suspect AS s
INNER JOIN (SELECT * FROM draft_holds_others UNION SELECT * FROM run_took_all) AS lost
    ON s.contract_id = lost.contract_id AND s.actual_id = lost.actual_id
ORDER BY s.contract_id, s.actual_id
LIMIT :at_most
