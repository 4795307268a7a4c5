-- Purpose: the delivered schedule rows that the warehouse does not have yet, as it will have them (data contract 1.3). A row with an
--          edited or confirmed invoice keeps what it ran with. Every other one follows the file: it is due again where our own
--          run had another cut-off or another status is new, and is not ours to run where another system has run it. An empty
--          run status says nothing.
-- Parameters: none (reads staged_invoice_schedules).
-- Grain: one row per contract line and run date that is new or says something else.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE changed_invoice_schedules ON COMMIT DROP AS
WITH kept AS (
    SELECT DISTINCT
        staged.contract_id,
        staged.contract_line_id,
        staged.run_date
    FROM pg_temp.staged_invoice_schedules AS staged
    INNER JOIN rules.kept_draft AS draft ON staged.contract_id = draft.contract_id AND staged.run_date = draft.run_date
    INNER JOIN invoicing.invoice_line AS line
        ON
            draft.contract_id = line.contract_id
            AND draft.invoice_id = line.invoice_id
            AND staged.contract_line_id = line.contract_line_id
),

delivered AS (
    SELECT
        staged.file_line,
        staged.contract_id,
        staged.contract_line_id,
        staged.run_date,
        s.cutoff_date AS known_cutoff_date,
        s.run_status AS known_run_status,
        s.source_cutoff_date AS known_source_cutoff_date,
        coalesce(s.source_run_status, 'not_run') AS known_source_run_status,
        s.attempt_id,
        s.ran_for,
        s.ran_at,
        coalesce(staged.transaction_cutoff_date, staged.run_date - 1) AS source_cutoff_date,
        coalesce(staged.run_status, s.source_run_status, 'not_run') AS source_run_status,
        s.contract_id IS NULL AS is_new,
        s.contract_id IS NOT NULL AND kept.contract_id IS NOT NULL AS is_kept
    FROM pg_temp.staged_invoice_schedules AS staged
    LEFT JOIN invoicing.schedule_row AS s
        ON
            staged.contract_id = s.contract_id
            AND staged.contract_line_id = s.contract_line_id
            AND staged.run_date = s.run_date
            AND s.source = 'delivered'
    LEFT JOIN kept
        ON
            staged.contract_id = kept.contract_id
            AND staged.contract_line_id = kept.contract_line_id
            AND staged.run_date = kept.run_date
),

decided AS (
    SELECT
        *,
        CASE WHEN is_kept THEN known_cutoff_date ELSE source_cutoff_date END AS cutoff_date,
        CASE
            WHEN is_new THEN source_run_status
            WHEN is_kept THEN known_run_status
            WHEN source_run_status = 'run_successful' THEN 'run_successful'
            WHEN source_run_status <> known_source_run_status THEN source_run_status
            WHEN source_cutoff_date <> known_cutoff_date AND ran_at IS NOT NULL AND known_run_status = 'run_successful' THEN 'not_run'
            ELSE known_run_status
        END AS run_status,
        ran_at IS NOT NULL
        AND (
            is_kept
            OR (
                source_run_status <> 'run_successful'
                AND source_run_status = known_source_run_status
                AND source_cutoff_date = known_cutoff_date
            )
        ) AS is_our_run
    FROM delivered
)

SELECT
    file_line,
    contract_id,
    contract_line_id,
    run_date,
    cutoff_date,
    run_status,
    CASE WHEN is_our_run THEN attempt_id END AS attempt_id,
    CASE WHEN is_our_run THEN ran_for END AS ran_for,
    CASE WHEN is_our_run THEN ran_at END AS ran_at,
    source_cutoff_date,
    source_run_status,
    is_new
FROM decided
WHERE
    is_new
    OR (cutoff_date, run_status, source_cutoff_date, source_run_status, is_our_run)
    IS DISTINCT FROM (
        known_cutoff_date, known_run_status, known_source_cutoff_date, known_source_run_status, ran_at IS NOT NULL
    )
