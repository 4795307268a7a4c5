-- Purpose: the contract lines due on a run date, each under its own run date: rows of active contracts that have not run, of this
-- day or of a day missed, and the rows of this day, or caught up by a run of this day, that are derived afresh. Of each row
-- what it takes: a draft that is kept closes the row for its customer, whose work goes to the next row that admits it.
-- Parameters: attempt_id, run_date, oldest_run_date, contract_ids (null: all), late_milestones (report, bill), first_slot, last_slot.
-- Grain: one row in run_due_row per contract line and run date, and one more per customer who has a kept draft on any of its dates.
-- May be repeated: once the attempt's rows of these slots are gone.
INSERT INTO invoicing.run_due_row (
    attempt_id, contract_id, contract_line_id, customer_id, run_date, cutoff_date, oldest_date, takes_after, takes_until,
    except_customer_ids, is_kept, slot
)
WITH dated AS (
    SELECT
        s.contract_id,
        s.contract_line_id,
        s.run_date,
        s.slot,
        s.billing_method,
        max(s.cutoff_date) AS cutoff_date
    FROM rules.dated_row AS s
    WHERE
        s.contract_state = 'active'
        AND s.slot BETWEEN :first_slot AND :last_slot
        AND s.run_date BETWEEN :oldest_run_date AND :run_date
        AND (
            s.run_status <> 'run_successful'
            OR (s.ran_at IS NOT NULL AND cast(:run_date AS date) IN (s.run_date, s.ran_for))
        )
        AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
    GROUP BY s.contract_id, s.contract_line_id, s.run_date, s.slot, s.billing_method
),

contract_date AS (
    SELECT DISTINCT
        contract_id,
        run_date,
        slot
    FROM dated
),

late_milestone AS (
    -- Where `late_milestones` is `bill`: the next due date of its contract takes a ready milestone of the past. What a draft of the
    -- runs holds of such a date is placed again.
    SELECT
        b.contract_id,
        b.contract_line_id,
        i.run_date AS standing_date,
        contract_date.slot,
        min(contract_date.run_date) AS run_date
    FROM contract_date
    INNER JOIN rules.open_share AS b
        ON contract_date.contract_id = b.contract_id AND contract_date.run_date >= b.transaction_date
    LEFT JOIN rules.kept_draft AS draft
        ON
            contract_date.contract_id = draft.contract_id
            AND contract_date.run_date = draft.run_date
            AND b.customer_id = draft.customer_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
    LEFT JOIN contract_date AS standing ON i.contract_id = standing.contract_id AND i.run_date = standing.run_date
    WHERE
        cast(:late_milestones AS text) = 'bill'
        AND b.source = 'milestone'
        AND b.is_ready
        AND b.is_billed_class
        AND draft.contract_id IS NULL
        AND (d.billable_id IS NULL OR (i.is_run_owned AND standing.contract_id IS NOT NULL))
    GROUP BY b.contract_id, b.billable_id, b.contract_line_id, i.run_date, contract_date.slot
),

late AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        slot
    FROM late_milestone
    UNION
    SELECT
        contract_id,
        contract_line_id,
        standing_date AS run_date,
        slot
    FROM late_milestone
    WHERE standing_date IS NOT NULL
),

due AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        slot,
        max(cutoff_date) AS cutoff_date,
        max(oldest_date) AS oldest_date
    FROM (
        SELECT
            contract_id,
            contract_line_id,
            run_date,
            slot,
            cutoff_date,
            CASE
                WHEN billing_method = 'fixed_price' AND cast(:late_milestones AS text) = 'report' THEN run_date
                ELSE date '-infinity'
            END AS oldest_date
        FROM dated
        UNION ALL
        SELECT
            contract_id,
            contract_line_id,
            run_date,
            slot,
            run_date AS cutoff_date,
            date '-infinity' AS oldest_date
        FROM late
    ) AS together
    GROUP BY contract_id, contract_line_id, run_date, slot
),

kept AS (
    SELECT DISTINCT
        due.contract_id,
        due.contract_line_id,
        due.run_date,
        draft.customer_id
    FROM due
    INNER JOIN rules.kept_draft AS draft ON due.contract_id = draft.contract_id AND due.run_date = draft.run_date
),

speaking AS (
    SELECT
        due.*,
        '' AS customer_id,
        FALSE AS is_kept
    FROM due
    UNION ALL
    SELECT
        due.*,
        own.customer_id,
        kept.run_date IS NOT NULL AS is_kept
    FROM due
    INNER JOIN (
        SELECT DISTINCT
            whose.contract_id,
            whose.contract_line_id,
            whose.customer_id
        FROM kept AS whose
    ) AS own ON due.contract_id = own.contract_id AND due.contract_line_id = own.contract_line_id
    LEFT JOIN kept
        ON
            due.contract_id = kept.contract_id
            AND due.contract_line_id = kept.contract_line_id
            AND due.run_date = kept.run_date
            AND own.customer_id = kept.customer_id
),

excepted AS (
    SELECT
        contract_id,
        contract_line_id,
        array_agg(DISTINCT customer_id) AS customer_ids
    FROM kept
    GROUP BY contract_id, contract_line_id
),

bounded AS (
    SELECT
        speaking.*,
        coalesce(
            max(speaking.cutoff_date) FILTER (WHERE NOT speaking.is_kept) OVER (
                PARTITION BY speaking.contract_id, speaking.contract_line_id, speaking.customer_id ORDER BY speaking.run_date
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            date '-infinity'
        ) AS taken_before,
        coalesce(
            max(speaking.cutoff_date) FILTER (WHERE NOT speaking.is_kept)
                OVER (PARTITION BY speaking.contract_id, speaking.contract_line_id, speaking.customer_id),
            date '-infinity'
        ) AS last_taken,
        coalesce(
            max(speaking.cutoff_date) FILTER (WHERE speaking.is_kept) OVER (PARTITION BY speaking.contract_id, speaking.contract_line_id, speaking.customer_id),
            date '-infinity'
        ) AS last_kept,
        row_number() OVER (
            PARTITION BY speaking.contract_id, speaking.contract_line_id, speaking.customer_id, speaking.is_kept
            ORDER BY speaking.cutoff_date DESC, speaking.run_date ASC
        ) AS from_the_last
    FROM speaking
)

SELECT
    :attempt_id AS attempt_id,
    bounded.contract_id,
    bounded.contract_line_id,
    bounded.customer_id,
    bounded.run_date,
    bounded.cutoff_date,
    bounded.oldest_date,
    CASE
        WHEN bounded.is_kept AND bounded.from_the_last = 1 AND bounded.last_kept > bounded.last_taken THEN bounded.last_taken
        WHEN bounded.is_kept THEN date 'infinity'
        ELSE bounded.taken_before
    END AS takes_after,
    CASE
        WHEN bounded.is_kept THEN date 'infinity'
        WHEN bounded.cutoff_date <= bounded.taken_before THEN bounded.taken_before
        WHEN bounded.cutoff_date = bounded.last_taken AND bounded.last_kept <= bounded.last_taken THEN date 'infinity'
        ELSE bounded.cutoff_date
    END AS takes_until,
    coalesce(excepted.customer_ids, '{}') AS except_customer_ids,
    bounded.is_kept,
    bounded.slot
FROM bounded
LEFT JOIN excepted
    ON
        bounded.contract_id = excepted.contract_id
        AND bounded.contract_line_id = excepted.contract_line_id
        AND bounded.customer_id = ''
