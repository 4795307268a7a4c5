-- Purpose: the contract lines due on a run date, each under its own run date: rows of active contracts that have not
-- run, of this day or of a day missed, and the rows that this very day ran before, which are derived afresh.
-- Parameters: run_id, run_date, oldest_run_date, contract_ids (null: all), late_milestones (report, bill).
-- Grain: one row per contract line and run date in run_due_line.
-- May be repeated: on an emptied run_due_line, yes.
INSERT INTO invoicing.run_due_line (
    run_id, contract_id, contract_line_id, run_date, transaction_cutoff_date, takes_after, takes_until
)
WITH scheduled AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        coalesce(transaction_cutoff_date, run_date - 1) AS cutoff_date
    FROM invoicing.invoice_schedule
    WHERE
        run_date BETWEEN :oldest_run_date AND :run_date
        AND (run_status <> 'run_successful' OR (run_date = :run_date AND ran_at IS NOT NULL))
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
        AND (m.run_status <> 'run_successful' OR (m.milestone_date = :run_date AND m.ran_at IS NOT NULL))
),

active AS (
    SELECT s.*
    FROM scheduled AS s
    INNER JOIN invoicing.project_contract AS c ON s.contract_id = c.contract_id
    WHERE
        c.state = 'active'
        AND (CAST(:contract_ids AS text []) IS NULL OR s.contract_id = ANY(CAST(:contract_ids AS text [])))
),

late_milestone AS (
    SELECT
        a.contract_id,
        a.contract_line_id,
        r.run_date,
        r.run_date - 1 AS cutoff_date
    FROM (SELECT DISTINCT contract_id, run_date FROM active) AS r
    INNER JOIN invoicing.actual AS a ON r.contract_id = a.contract_id AND r.run_date > a.transaction_date
    INNER JOIN invoicing.contract_line AS cl
        ON a.contract_id = cl.contract_id AND a.contract_line_id = cl.contract_line_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
    LEFT JOIN invoicing.untouched_draft AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    WHERE
        CAST(:late_milestones AS text) = 'bill'
        AND cl.billing_method = 'fixed_price'
        AND a.kind = 'milestone'
        AND a.billing_status = 'ready_to_invoice'
        AND (d.actual_id IS NULL OR i.run_date = r.run_date)
),

due AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        max(cutoff_date) AS cutoff_date
    FROM (SELECT * FROM active UNION ALL SELECT * FROM late_milestone) AS together
    GROUP BY contract_id, contract_line_id, run_date
),

bounded AS (
    SELECT
        due.*,
        coalesce(
            max(cutoff_date) OVER (
                PARTITION BY contract_id, contract_line_id ORDER BY run_date
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            DATE '-infinity'
        ) AS takes_after,
        max(cutoff_date) OVER (PARTITION BY contract_id, contract_line_id) AS last_cutoff_date
    FROM due
)

SELECT
    :run_id,
    contract_id,
    contract_line_id,
    run_date,
    cutoff_date,
    takes_after,
    CASE
        WHEN cutoff_date <= takes_after THEN takes_after
        WHEN cutoff_date = last_cutoff_date THEN DATE 'infinity'
        ELSE cutoff_date
    END AS takes_until
FROM bounded
