-- Purpose: the contract lines due on a run date, each under its own run date: rows of active contracts that have not
-- run, of this day or of a day missed, and the rows that a run of this very day ran before, which are derived afresh.
-- Parameters: run_id, run_date, oldest_run_date, contract_ids (null: all), late_milestones (report, bill).
-- Grain: one row per contract line and run date in run_due_line.
-- May be repeated: on an emptied run_due_line, yes.
INSERT INTO invoicing.run_due_line (
    run_id, contract_id, contract_line_id, run_date, transaction_cutoff_date, takes_after, takes_until
)
WITH own_run AS (
    SELECT run_id
    FROM invoicing.invoice_run
    WHERE run_date = :run_date
),

scheduled AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        coalesce(transaction_cutoff_date, run_date - 1) AS cutoff_date
    FROM invoicing.invoice_schedule
    WHERE
        run_date BETWEEN :oldest_run_date AND :run_date
        AND (run_status <> 'run_successful' OR (run_date = :run_date AND ran_by IN (SELECT own_run.run_id FROM own_run)))
    UNION ALL
    SELECT
        m.contract_id,
        m.contract_line_id,
        m.milestone_date AS run_date,
        m.milestone_date - 1 AS cutoff_date
    FROM invoicing.milestone AS m
    INNER JOIN invoicing.contract_line AS cl
        ON m.contract_id = cl.contract_id AND m.contract_line_id = cl.contract_line_id
    WHERE
        cl.billing_method = 'fixed_price'
        AND m.milestone_date BETWEEN :oldest_run_date AND :run_date
        AND (m.run_status <> 'run_successful' OR (m.milestone_date = :run_date AND m.ran_by IN (SELECT own_run.run_id FROM own_run)))
),

active AS (
    SELECT s.*
    FROM scheduled AS s
    INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
    WHERE
        c.state = 'active'
        AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
),

due_date AS (
    SELECT DISTINCT
        contract_id,
        run_date
    FROM active
),

late_milestone AS (
    -- Where `late_milestones` is `bill`: a ready milestone goes onto the oldest due run date of its contract, of those
    -- from its date on whose invoice nobody touched. Its line is due then too, and on the date whose draft holds it now.
    SELECT DISTINCT ON (a.contract_id, a.actual_id)
        a.contract_id,
        a.contract_line_id,
        r.run_date,
        held.run_date AS held_run_date
    FROM due_date AS r
    INNER JOIN invoicing.actual AS a ON r.contract_id = a.contract_id AND r.run_date >= a.transaction_date
    INNER JOIN invoicing.contract_line AS cl
        ON a.contract_id = cl.contract_id AND a.contract_line_id = cl.contract_line_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
    LEFT JOIN invoicing.untouched_draft AS draft ON d.contract_id = draft.contract_id AND d.invoice_id = draft.invoice_id
    LEFT JOIN due_date AS held ON draft.contract_id = held.contract_id AND draft.run_date = held.run_date
    LEFT JOIN invoicing.touched_invoice AS touched
        ON
            a.contract_id = touched.contract_id
            AND a.customer_id = touched.customer_id
            AND r.run_date = touched.run_date
    WHERE
        cast(:late_milestones AS text) = 'bill'
        AND cl.billing_method = 'fixed_price'
        AND a.kind = 'milestone'
        AND a.billing_status = 'ready_to_invoice'
        AND (d.actual_id IS NULL OR held.contract_id IS NOT NULL)
        AND touched.invoice_id IS NULL
    ORDER BY a.contract_id, a.actual_id, r.run_date
),

due AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        max(cutoff_date) AS cutoff_date
    FROM (
        SELECT
            contract_id,
            contract_line_id,
            run_date,
            cutoff_date
        FROM active
        UNION ALL
        SELECT
            contract_id,
            contract_line_id,
            run_date,
            run_date - 1 AS cutoff_date
        FROM late_milestone
        UNION ALL
        SELECT
            contract_id,
            contract_line_id,
            held_run_date AS run_date,
            held_run_date - 1 AS cutoff_date
        FROM late_milestone
        WHERE held_run_date IS NOT NULL
    ) AS together
    GROUP BY contract_id, contract_line_id, run_date
),

bounded AS (
    SELECT
        due.*,
        coalesce(
            max(due.cutoff_date) OVER (
                PARTITION BY due.contract_id, due.contract_line_id ORDER BY due.run_date
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            date '-infinity'
        ) AS takes_after,
        max(due.cutoff_date) OVER (PARTITION BY due.contract_id, due.contract_line_id) AS last_cutoff_date
    FROM due
)

SELECT
    :run_id AS run_id,
    contract_id,
    contract_line_id,
    run_date,
    cutoff_date,
    takes_after,
    CASE
        WHEN cutoff_date <= takes_after THEN takes_after
        WHEN cutoff_date = last_cutoff_date THEN date 'infinity'
        ELSE cutoff_date
    END AS takes_until
FROM bounded
