-- Purpose: ready transactions that a run must have invoiced and that are on no invoice: a lost detail, even when all totals
-- were made to match. What has changed since the run proves nothing: so the transaction must have said the same since before
-- it, and that its class was included shows either in others of its line and class on the untouched drafts of the row, or in
-- an attempt that left out nothing for its class.
-- Parameters: from_date, to_date (run dates of the rows), at_most.
-- Grain: one row per share of a transaction.
-- May be repeated: reads only.
WITH waiting AS (
    SELECT
        b.contract_id,
        b.contract_line_id,
        b.billable_id,
        b.customer_id,
        b.transaction_id,
        b.transaction_class,
        b.transaction_date,
        b.amount,
        ch.changed_at
    FROM invoicing.billable AS b
    INNER JOIN invoicing.change AS ch ON b.change_id = ch.change_id
    INNER JOIN invoicing.contract_line AS cl
        ON b.contract_id = cl.contract_id AND b.contract_line_id = cl.contract_line_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    WHERE
        b.is_sale
        AND b.state = 'open'
        AND b.is_ready
        AND b.limit_status IS DISTINCT FROM 'failed'
        AND cl.billing_method = 'time_and_material'
        AND CASE b.transaction_class
            WHEN 'time' THEN cl.includes_time
            WHEN 'expense' THEN cl.includes_expense
            WHEN 'material' THEN cl.includes_material
            WHEN 'fee' THEN cl.includes_fee
        END
        AND d.billable_id IS NULL
),

-- The rows that ran and admit it; `latest_attempt_id` last had to place it.
admitted AS (
    SELECT
        waiting.*,
        s.run_date,
        s.run_status,
        s.ran_at,
        s.attempt_id,
        s.cutoff_date,
        max(s.attempt_id) OVER (PARTITION BY waiting.contract_id, waiting.billable_id) AS latest_attempt_id
    FROM waiting
    INNER JOIN invoicing.schedule_row AS s
        ON
            waiting.contract_id = s.contract_id
            AND waiting.contract_line_id = s.contract_line_id
            AND waiting.transaction_date <= s.cutoff_date
    WHERE
        s.ran_at IS NOT NULL
        AND s.source <> 'milestone'
),

of_date AS (
    SELECT *
    FROM admitted
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND run_status = 'run_successful'
        AND changed_at < ran_at
),

deletion AS (
    SELECT
        ic.contract_id,
        max(ch.changed_at) AS latest_at
    FROM invoicing.invoice_change AS ic
    INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
    WHERE ic.action = 'deleted'
    GROUP BY ic.contract_id
),

taken_off AS (
    SELECT
        ic.contract_id,
        ic.billable_id,
        max(ch.changed_at) AS latest_at
    FROM invoicing.invoice_change AS ic
    INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id
    WHERE ic.action = 'detail_removed'
    GROUP BY ic.contract_id, ic.billable_id
),

-- An older row that admits it and failed has it wait, until its contract is in order.
failed AS (
    SELECT
        waiting.contract_id,
        waiting.billable_id,
        min(s.run_date) AS run_date
    FROM waiting
    INNER JOIN invoicing.schedule_row AS s
        ON
            waiting.contract_id = s.contract_id
            AND waiting.contract_line_id = s.contract_line_id
            AND waiting.transaction_date <= s.cutoff_date
    WHERE
        s.run_status = 'run_failed'
        AND s.source <> 'milestone'
    GROUP BY waiting.contract_id, waiting.billable_id
),

-- What was on the draft of another row of its line when the row ran may have been let go since: that row was derived later, though
-- it is older or had been run before.
let_go AS (
    SELECT DISTINCT
        of_date.contract_id,
        of_date.billable_id,
        of_date.run_date
    FROM of_date
    INNER JOIN invoicing.schedule_row AS s
        ON
            of_date.contract_id = s.contract_id
            AND of_date.contract_line_id = s.contract_line_id
            AND of_date.attempt_id < s.attempt_id
    LEFT JOIN invoicing.invoice_run AS r ON s.run_date = r.run_date AND s.attempt_id > r.attempt_id
    WHERE
        s.run_date < of_date.run_date
        OR r.attempt_id IS NOT NULL
),

-- An invoice that somebody edited or confirmed keeps what else is ready for its customer and run date waiting; so did one that
-- was deleted since. What somebody took off a draft since was on it when the run passed.
suspect AS (
    SELECT of_date.*
    FROM of_date
    LEFT JOIN invoicing.invoice AS i
        ON
            of_date.contract_id = i.contract_id
            AND of_date.customer_id = i.customer_id
            AND of_date.run_date = i.run_date
            AND i.origin = 'scheduled'
            AND (i.status <> 'draft' OR i.is_edited)
    LEFT JOIN failed
        ON
            of_date.contract_id = failed.contract_id
            AND of_date.billable_id = failed.billable_id
            AND of_date.run_date > failed.run_date
    LEFT JOIN let_go
        ON
            of_date.contract_id = let_go.contract_id
            AND of_date.billable_id = let_go.billable_id
            AND of_date.run_date = let_go.run_date
    LEFT JOIN deletion ON of_date.contract_id = deletion.contract_id AND of_date.ran_at <= deletion.latest_at
    LEFT JOIN taken_off
        ON
            of_date.contract_id = taken_off.contract_id
            AND of_date.billable_id = taken_off.billable_id
            AND of_date.ran_at <= taken_off.latest_at
    WHERE
        i.invoice_id IS NULL
        AND failed.billable_id IS NULL
        AND let_go.billable_id IS NULL
        AND taken_off.billable_id IS NULL
        AND deletion.contract_id IS NULL
),

-- Drafts of these dates that were derived again may have let it go.
derived_again AS (
    SELECT DISTINCT
        admitted.contract_id,
        admitted.billable_id
    FROM admitted
    INNER JOIN invoicing.invoice_run AS r
        ON admitted.run_date = r.run_date AND admitted.latest_attempt_id < r.attempt_id
),

suspect_date AS (
    SELECT DISTINCT
        contract_id,
        run_date
    FROM suspect
),

surely_included AS (
    SELECT DISTINCT
        i.contract_id,
        d.contract_line_id,
        i.run_date,
        b.transaction_class
    FROM suspect_date
    INNER JOIN invoicing.invoice AS i
        ON suspect_date.contract_id = i.contract_id AND suspect_date.run_date = i.run_date
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    WHERE
        i.origin = 'scheduled'
        AND i.status = 'draft'
        AND NOT i.is_edited
),

lost AS (
    SELECT suspect.*
    FROM suspect
    INNER JOIN surely_included
        ON
            suspect.contract_id = surely_included.contract_id
            AND suspect.contract_line_id = surely_included.contract_line_id
            AND suspect.run_date = surely_included.run_date
            AND suspect.transaction_class = surely_included.transaction_class
    UNION
    SELECT suspect.*
    FROM suspect
    INNER JOIN invoicing.invoice_run AS r ON suspect.latest_attempt_id = r.attempt_id AND r.status = 'succeeded'
    LEFT JOIN invoicing.run_accounting AS left_out
        ON r.attempt_id = left_out.attempt_id AND left_out.reason = 'class_not_included'
    LEFT JOIN derived_again
        ON suspect.contract_id = derived_again.contract_id AND suspect.billable_id = derived_again.billable_id
    WHERE
        suspect.attempt_id = suspect.latest_attempt_id
        AND left_out.attempt_id IS NULL
        AND derived_again.billable_id IS NULL
)

SELECT DISTINCT ON (contract_id, billable_id)
    contract_id,
    contract_line_id,
    billable_id AS actual_id,
    transaction_id,
    format(
        'a ready transaction of %s, amount %s, was there when the row of %s with cut-off %s ran, and is on no invoice',
        transaction_date, amount, run_date, cutoff_date
    ) AS message
FROM lost
ORDER BY contract_id ASC, billable_id ASC, run_date ASC
LIMIT :at_most
