-- Purpose: what a run of a date makes of one transaction, as the data are now, and the facts that decide it: the same
-- rules in the same order as find_due_lines, select_transactions and reroute_transactions.
-- Parameters: transaction_id, contract_id (null: any), run_date, oldest_run_date.
-- Grain: one row per share (unbilled sales actual) of the transaction, or one without a share.
-- May be repeated: reads only.
WITH explained AS (
    SELECT
        contract_id,
        transaction_id,
        contract_line_id,
        transaction_class,
        transaction_date,
        billing_status
    FROM invoicing.transaction
    WHERE
        transaction_id = :transaction_id
        AND contract_id = coalesce(:contract_id, contract_id)
),

own_run AS (
    SELECT run_id
    FROM invoicing.invoice_run
    WHERE run_date = :run_date
),

dated AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        coalesce(transaction_cutoff_date, run_date - 1) AS cutoff_date,
        FALSE AS is_milestone
    FROM invoicing.invoice_schedule
    WHERE
        run_date BETWEEN :oldest_run_date AND :run_date
        AND (run_status <> 'run_successful' OR (run_date = :run_date AND ran_by IN (SELECT own_run.run_id FROM own_run)))
    UNION ALL
    SELECT
        contract_id,
        contract_line_id,
        milestone_date AS run_date,
        milestone_date - 1 AS cutoff_date,
        TRUE AS is_milestone
    FROM invoicing.milestone
    WHERE
        milestone_date BETWEEN :oldest_run_date AND :run_date
        AND (run_status <> 'run_successful' OR (milestone_date = :run_date AND ran_by IN (SELECT own_run.run_id FROM own_run)))
),

active AS (
    SELECT
        d.contract_id,
        d.contract_line_id,
        d.run_date,
        d.cutoff_date
    FROM dated AS d
    INNER JOIN explained AS e ON d.contract_id = e.contract_id
    INNER JOIN invoicing.project_contract AS c ON d.contract_id = c.contract_id
    INNER JOIN invoicing.contract_line AS cl
        ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
    WHERE
        c.state = 'active'
        AND (cl.billing_method = 'fixed_price' OR NOT d.is_milestone)
),

due AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        max(cutoff_date) AS cutoff_date
    FROM active
    GROUP BY contract_id, contract_line_id, run_date
),

quarantine AS (
    SELECT DISTINCT ON (e.contract_id)
        e.contract_id,
        e.code,
        e.message
    FROM invoicing.billing_exception AS e
    INNER JOIN due ON e.contract_id = due.contract_id AND e.contract_line_id = due.contract_line_id
    WHERE e.severity = 'error'
    ORDER BY e.contract_id ASC, e.code ASC, e.message ASC
),

share AS (
    SELECT
        e.contract_id,
        e.transaction_id,
        a.actual_id,
        a.customer_id,
        a.amount,
        a.invoice_id,
        coalesce(a.contract_line_id, e.contract_line_id) AS contract_line_id,
        coalesce(a.transaction_class, e.transaction_class) AS transaction_class,
        coalesce(a.transaction_date, e.transaction_date) AS transaction_date,
        coalesce(a.billing_status, e.billing_status) AS billing_status
    FROM explained AS e
    LEFT JOIN invoicing.actual AS a
        ON
            e.contract_id = a.contract_id
            AND e.transaction_id = a.transaction_id
            AND a.kind = 'unbilled_sales'
            AND a.reverses_actual_id IS NULL
            -- What a confirmation wrote in place of a share tells nothing new.
            AND (a.replaces_actual_id IS NULL OR a.billing_status <> 'invoice_posted')
),

-- Of the line's due rows: the oldest that admits the share and whose invoice nobody touched, the oldest that admits it at
-- all, and how far they reach.
admission AS (
    SELECT
        s.contract_id,
        s.actual_id,
        min(CASE WHEN s.transaction_date <= due.cutoff_date AND t.invoice_id IS NULL THEN due.run_date END) AS run_date,
        min(CASE WHEN s.transaction_date <= due.cutoff_date THEN due.run_date END) AS oldest_run_date,
        max(due.cutoff_date) AS last_cutoff_date
    FROM share AS s
    INNER JOIN due ON s.contract_id = due.contract_id AND s.contract_line_id = due.contract_line_id
    LEFT JOIN invoicing.touched_invoice AS t
        ON s.contract_id = t.contract_id AND s.customer_id = t.customer_id AND due.run_date = t.run_date
    GROUP BY s.contract_id, s.actual_id
),

pending AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        coalesce(transaction_cutoff_date, run_date - 1) AS cutoff_date,
        run_date > :run_date AS is_to_come,
        run_date < :oldest_run_date AS is_overdue
    FROM invoicing.invoice_schedule
    WHERE run_status <> 'run_successful'
),

outlook AS (
    SELECT
        s.contract_id,
        s.actual_id,
        min(CASE WHEN p.is_to_come AND s.transaction_date <= p.cutoff_date THEN p.run_date END) AS next_run_date,
        min(CASE WHEN p.is_overdue AND s.transaction_date <= p.cutoff_date THEN p.run_date END) AS overdue_run_date
    FROM share AS s
    INNER JOIN pending AS p ON s.contract_id = p.contract_id AND s.contract_line_id = p.contract_line_id
    GROUP BY s.contract_id, s.actual_id
),

-- The invoice that holds the share. A draft that nobody touched, of a line and run date that are due, is derived afresh.
holding AS (
    SELECT
        s.contract_id,
        s.actual_id,
        d.invoice_id,
        u.run_date,
        due.run_date IS NOT NULL AS is_free
    FROM share AS s
    INNER JOIN invoicing.invoice_line_detail AS d ON s.contract_id = d.contract_id AND s.actual_id = d.actual_id
    LEFT JOIN invoicing.untouched_draft AS u ON d.contract_id = u.contract_id AND d.invoice_id = u.invoice_id
    LEFT JOIN due
        ON
            d.contract_id = due.contract_id
            AND d.contract_line_id = due.contract_line_id
            AND u.run_date = due.run_date
)

SELECT
    s.contract_id,
    s.transaction_id,
    s.contract_line_id,
    s.customer_id,
    s.amount,
    s.transaction_class,
    s.transaction_date,
    c.state,
    q.code,
    q.message,
    a.run_date,
    a.last_cutoff_date,
    o.next_run_date,
    n.cutoff_date AS next_cutoff_date,
    o.overdue_run_date,
    i.invoice_id,
    i.invoice_number,
    i.origin AS invoice_origin,
    i.status AS invoice_status,
    i.run_date AS invoice_run_date,
    a.contract_id IS NOT NULL AS is_due,
    CASE
        WHEN s.billing_status = 'canceled' THEN 'canceled'
        WHEN s.actual_id IS NULL THEN 'without_customers'
        WHEN s.billing_status = 'invoice_posted' THEN 'confirmed'
        WHEN NOT h.is_free THEN 'on_another_draft'
        WHEN c.state <> 'active' THEN 'contract_not_active'
        WHEN q.code IS NOT NULL THEN 'quarantined'
        WHEN cl.billing_method <> 'time_and_material' THEN 'fixed_price'
        WHEN s.transaction_class = 'time' AND NOT cl.includes_time THEN 'class_not_included'
        WHEN s.transaction_class = 'expense' AND NOT cl.includes_expense THEN 'class_not_included'
        WHEN s.transaction_class = 'material' AND NOT cl.includes_material THEN 'class_not_included'
        WHEN s.transaction_class = 'fee' AND NOT cl.includes_fee THEN 'class_not_included'
        WHEN a.contract_id IS NULL THEN 'not_due'
        WHEN s.billing_status = 'unbilled' THEN 'not_ready'
        WHEN a.oldest_run_date IS NULL THEN 'after_cutoff'
        WHEN a.run_date IS NULL THEN 'beside_a_touched_invoice'
        WHEN h.run_date = a.run_date THEN 'on_its_draft'
        ELSE 'ready'
    END AS finding
FROM share AS s
INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
INNER JOIN invoicing.contract_line AS cl
    ON s.contract_id = cl.contract_id AND s.contract_line_id = cl.contract_line_id
LEFT JOIN admission AS a ON s.contract_id = a.contract_id AND s.actual_id = a.actual_id
LEFT JOIN outlook AS o ON s.contract_id = o.contract_id AND s.actual_id = o.actual_id
LEFT JOIN pending AS n
    ON
        s.contract_id = n.contract_id
        AND s.contract_line_id = n.contract_line_id
        AND o.next_run_date = n.run_date
LEFT JOIN quarantine AS q ON s.contract_id = q.contract_id AND a.contract_id IS NOT NULL
LEFT JOIN holding AS h ON s.contract_id = h.contract_id AND s.actual_id = h.actual_id
LEFT JOIN invoicing.touched_invoice AS t
    ON
        s.contract_id = t.contract_id
        AND s.customer_id = t.customer_id
        AND a.oldest_run_date = t.run_date
        AND a.run_date IS NULL
LEFT JOIN invoicing.invoice AS i
    ON s.contract_id = i.contract_id AND coalesce(h.invoice_id, s.invoice_id, t.invoice_id) = i.invoice_id
ORDER BY s.contract_id ASC, s.customer_id ASC, s.actual_id ASC
