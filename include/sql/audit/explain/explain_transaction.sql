-- Purpose: what a run of a date makes of one transaction, as the data are now, and the facts that decide it, in the order of
-- rules.selection. What is due stands nowhere before a run, so the dates are asked as find_due_rows asks them.
-- Parameters: transaction_id, contract_id (null: any), run_date, oldest_run_date.
-- Grain: one row per share of the transaction, or one without a share.
-- May be repeated: reads only.
WITH explained AS NOT MATERIALIZED (
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

-- A part that a correction gave back and that is billed again tells nothing new.
share AS NOT MATERIALIZED (
    SELECT
        explained.contract_id,
        explained.transaction_id,
        b.billable_id,
        b.customer_id,
        b.amount,
        open_share.is_ready,
        open_share.is_billed_class,
        open_share.limit_status,
        open_share.limit_level,
        open_share.limit_amount,
        open_share.limit_used,
        d.invoice_id,
        i.run_date AS draft_run_date,
        i.is_run_owned,
        coalesce(b.contract_line_id, explained.contract_line_id) AS contract_line_id,
        coalesce(b.transaction_class, explained.transaction_class) AS transaction_class,
        coalesce(b.transaction_date, explained.transaction_date) AS transaction_date,
        CASE
            WHEN b.billable_id IS NOT NULL THEN cast(b.state AS text)
            WHEN explained.billing_status = 'canceled' THEN 'canceled'
        END AS state
    FROM explained
    LEFT JOIN invoicing.billable AS b
        ON
            explained.contract_id = b.contract_id
            AND explained.transaction_id = b.transaction_id
            AND b.source = 'transaction'
            AND (b.part = 1 OR b.state <> 'billed')
    LEFT JOIN rules.open_share AS open_share
        ON b.contract_id = open_share.contract_id AND b.billable_id = open_share.billable_id
    LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
),

due AS NOT MATERIALIZED (
    SELECT
        dated.contract_id,
        dated.contract_line_id,
        dated.run_date,
        max(dated.cutoff_date) AS cutoff_date
    FROM rules.dated_row AS dated
    INNER JOIN explained ON dated.contract_id = explained.contract_id
    WHERE
        dated.contract_state = 'active'
        AND dated.run_date BETWEEN :oldest_run_date AND :run_date
        AND (
            dated.run_status <> 'run_successful'
            OR (dated.ran_at IS NOT NULL AND cast(:run_date AS date) IN (dated.run_date, dated.ran_for))
        )
    GROUP BY dated.contract_id, dated.contract_line_id, dated.run_date
),

-- Of the line's due rows: the oldest that admits the share and whose draft is not kept, the oldest that admits it at all, and
-- how far they reach.
admission AS (
    SELECT
        share.contract_id,
        share.billable_id,
        min(CASE WHEN share.transaction_date <= due.cutoff_date AND kept.invoice_id IS NULL THEN due.run_date END) AS run_date,
        min(CASE WHEN share.transaction_date <= due.cutoff_date THEN due.run_date END) AS oldest_run_date,
        max(due.cutoff_date) AS last_cutoff_date,
        (array_agg(due.run_date ORDER BY due.cutoff_date DESC, due.run_date ASC))[1] AS last_run_date
    FROM share
    INNER JOIN due ON share.contract_id = due.contract_id AND share.contract_line_id = due.contract_line_id
    LEFT JOIN rules.kept_draft AS kept
        ON
            share.contract_id = kept.contract_id
            AND share.customer_id = kept.customer_id
            AND due.run_date = kept.run_date
    GROUP BY share.contract_id, share.billable_id
),

quarantine AS (
    SELECT DISTINCT ON (e.contract_id, due.run_date)
        e.contract_id,
        due.run_date,
        e.code,
        e.message
    FROM invoicing.billing_exception AS e
    INNER JOIN due ON e.contract_id = due.contract_id AND e.contract_line_id = due.contract_line_id
    WHERE e.severity = 'error'
    ORDER BY e.contract_id ASC, due.run_date ASC, e.code ASC, e.message ASC
),

outlook AS (
    SELECT
        share.contract_id,
        share.billable_id,
        min(CASE WHEN pending.run_date > :run_date THEN pending.run_date END) AS next_run_date,
        min(CASE WHEN pending.run_date < :oldest_run_date THEN pending.run_date END) AS overdue_run_date
    FROM share
    INNER JOIN rules.pending_row AS pending
        ON
            share.contract_id = pending.contract_id
            AND share.contract_line_id = pending.contract_line_id
            AND share.transaction_date <= pending.cutoff_date
            AND pending.source <> 'milestone'
    GROUP BY share.contract_id, share.billable_id
),

coming AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        max(cutoff_date) AS cutoff_date
    FROM rules.pending_row
    WHERE source <> 'milestone'
    GROUP BY contract_id, contract_line_id, run_date
)

SELECT
    share.contract_id,
    share.transaction_id,
    share.contract_line_id,
    share.customer_id,
    share.amount,
    share.transaction_class,
    share.transaction_date,
    share.limit_level,
    share.limit_amount,
    share.limit_used,
    c.currency,
    c.state,
    quarantine.code,
    quarantine.message,
    admission.run_date,
    admission.last_cutoff_date,
    outlook.next_run_date,
    coming.cutoff_date AS next_cutoff_date,
    outlook.overdue_run_date,
    i.invoice_id,
    i.invoice_number,
    i.origin AS invoice_origin,
    i.status AS invoice_status,
    i.run_date AS invoice_run_date,
    admission.contract_id IS NOT NULL AS is_due,
    CASE
        WHEN share.state = 'canceled' THEN 'canceled'
        WHEN share.billable_id IS NULL THEN 'without_customers'
        WHEN share.state = 'billed' THEN 'confirmed'
        WHEN share.state = 'billed_elsewhere' THEN 'billed_elsewhere'
        WHEN share.invoice_id IS NOT NULL AND free.run_date IS NULL THEN 'on_another_draft'
        WHEN c.state <> 'active' THEN 'contract_not_active'
        WHEN quarantine.code IS NOT NULL THEN 'quarantined'
        WHEN NOT share.is_billed_class AND cl.billing_method = 'fixed_price' THEN 'fixed_price'
        WHEN NOT share.is_billed_class THEN 'class_not_included'
        WHEN admission.contract_id IS NULL THEN 'not_due'
        WHEN NOT share.is_ready THEN 'not_ready'
        WHEN share.limit_status = 'failed' THEN 'not_to_exceed'
        WHEN admission.oldest_run_date IS NULL THEN 'after_cutoff'
        WHEN admission.run_date IS NULL THEN 'beside_a_kept_draft'
        WHEN share.draft_run_date = admission.run_date THEN 'on_its_draft'
        ELSE 'ready'
    END AS finding
FROM share
INNER JOIN invoicing.project_contract AS c ON share.contract_id = c.contract_id
INNER JOIN invoicing.contract_line AS cl
    ON share.contract_id = cl.contract_id AND share.contract_line_id = cl.contract_line_id
LEFT JOIN admission ON share.contract_id = admission.contract_id AND share.billable_id = admission.billable_id
LEFT JOIN outlook ON share.contract_id = outlook.contract_id AND share.billable_id = outlook.billable_id
LEFT JOIN coming
    ON
        share.contract_id = coming.contract_id
        AND share.contract_line_id = coming.contract_line_id
        AND outlook.next_run_date = coming.run_date
LEFT JOIN quarantine
    ON
        share.contract_id = quarantine.contract_id
        AND coalesce(admission.run_date, admission.oldest_run_date, admission.last_run_date) = quarantine.run_date
-- A draft of the runs, of a line and date that are due, is derived afresh.
LEFT JOIN due AS free
    ON
        share.contract_id = free.contract_id
        AND share.contract_line_id = free.contract_line_id
        AND share.draft_run_date = free.run_date
        AND share.is_run_owned
LEFT JOIN rules.kept_draft AS kept
    ON
        share.contract_id = kept.contract_id
        AND share.customer_id = kept.customer_id
        AND admission.oldest_run_date = kept.run_date
        AND admission.run_date IS NULL
LEFT JOIN invoicing.invoice AS i
    ON share.contract_id = i.contract_id AND coalesce(share.invoice_id, kept.invoice_id) = i.invoice_id
ORDER BY share.contract_id ASC, share.customer_id ASC, share.billable_id ASC
