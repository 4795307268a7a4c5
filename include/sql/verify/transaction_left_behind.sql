-- Purpose: ready transactions that a run must have invoiced and that are on no invoice: a lost detail, even when all totals
-- were made to match. What has changed since the run proves nothing: so the transaction must have said the same since before
-- it (whoever frees a transaction from an invoice sets recorded_at), and that its class was included shows either in others
-- of its line and class on the untouched drafts of the row, or in a run that left out nothing for its class.
-- Parameters: from_date, to_date (run dates of the rows), at_most.
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

-- The rows that ran and admit it; `latest_ran_at` is when a run last had to place it.
admitted AS (
    SELECT
        w.*,
        s.run_date,
        s.run_status,
        s.ran_at,
        coalesce(s.transaction_cutoff_date, s.run_date - 1) AS cutoff_date,
        max(s.ran_at) OVER (PARTITION BY w.contract_id, w.actual_id) AS latest_ran_at
    FROM waiting AS w
    INNER JOIN invoicing.invoice_schedule AS s
        ON
            w.contract_id = s.contract_id
            AND w.contract_line_id = s.contract_line_id
            AND w.transaction_date <= coalesce(s.transaction_cutoff_date, s.run_date - 1)
    WHERE s.ran_at IS NOT NULL
),

of_date AS (
    SELECT *
    FROM admitted
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND run_status = 'run_successful'
        AND recorded_at < ran_at
),

deletion AS (
    SELECT
        contract_id,
        max(changed_at) AS latest_at
    FROM invoicing.invoice_change
    WHERE action = 'deleted'
    GROUP BY contract_id
),

-- An invoice that somebody touched keeps what else is ready for its customer and run date waiting; so did one that was
-- deleted since.
suspect AS (
    SELECT o.*
    FROM of_date AS o
    LEFT JOIN invoicing.touched_invoice AS t
        ON o.contract_id = t.contract_id AND o.customer_id = t.customer_id AND o.run_date = t.run_date
    LEFT JOIN deletion AS gone ON o.contract_id = gone.contract_id AND o.ran_at <= gone.latest_at
    WHERE
        t.invoice_id IS NULL
        AND gone.contract_id IS NULL
),

-- Drafts of these dates that were derived again may have let it go.
derived_again AS (
    SELECT DISTINCT
        a.contract_id,
        a.actual_id
    FROM admitted AS a
    INNER JOIN invoicing.invoice_run AS r ON a.run_date = r.run_date AND a.latest_ran_at < r.started_at
),

suspect_date AS (
    SELECT DISTINCT
        contract_id,
        run_date
    FROM suspect
),

surely_included AS (
    SELECT DISTINCT
        u.contract_id,
        d.contract_line_id,
        u.run_date,
        a.transaction_class
    FROM suspect_date AS s
    INNER JOIN invoicing.untouched_draft AS u ON s.contract_id = u.contract_id AND s.run_date = u.run_date
    INNER JOIN invoicing.invoice_line_detail AS d ON u.contract_id = d.contract_id AND u.invoice_id = d.invoice_id
    INNER JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
),

lost AS (
    SELECT s.*
    FROM suspect AS s
    INNER JOIN surely_included AS i
        ON
            s.contract_id = i.contract_id
            AND s.contract_line_id = i.contract_line_id
            AND s.run_date = i.run_date
            AND s.transaction_class = i.transaction_class
    UNION
    SELECT s.*
    FROM suspect AS s
    INNER JOIN invoicing.invoice_run AS r ON s.latest_ran_at = r.started_at AND r.status = 'succeeded'
    LEFT JOIN invoicing.run_accounting AS left_out
        ON r.run_id = left_out.run_id AND left_out.reason IN ('class_not_included', 'not_to_exceed')
    LEFT JOIN derived_again AS again ON s.contract_id = again.contract_id AND s.actual_id = again.actual_id
    WHERE
        s.ran_at = s.latest_ran_at
        AND left_out.run_id IS NULL
        AND again.actual_id IS NULL
)

SELECT DISTINCT ON (contract_id, actual_id)
    contract_id,
    contract_line_id,
    actual_id,
    transaction_id,
    format(
        'a ready transaction of %s, amount %s, was there when the row of %s with cut-off %s ran, and is on no invoice',
        transaction_date, amount, run_date, cutoff_date
    ) AS message
FROM lost
ORDER BY contract_id ASC, actual_id ASC, run_date ASC
LIMIT :at_most
