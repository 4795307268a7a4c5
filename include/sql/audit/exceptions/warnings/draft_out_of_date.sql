-- Purpose: drafts that nobody edited whose row is due again, since a load changed it or what they hold.
-- Parameters: contract_ids (null: all).
-- Grain: contract line, customer and run date.
-- May be repeated: reads only.
SELECT DISTINCT
    i.contract_id,
    'draft_out_of_date' AS code,
    'warning' AS severity,
    line.contract_line_id,
    i.customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    i.run_date AS subject_date,
    'Draft ' || cast(i.invoice_id AS text) || ' of ' || cast(i.run_date AS text)
    || ' is not what the source says now; the next run derives it afresh, or run its date again.' AS message
FROM rules.pending_row AS s
INNER JOIN invoicing.invoice AS i ON s.contract_id = i.contract_id AND s.run_date = i.run_date
INNER JOIN invoicing.invoice_line AS line
    ON
        i.contract_id = line.contract_id
        AND i.invoice_id = line.invoice_id
        AND s.contract_line_id = line.contract_line_id
WHERE
    s.run_status = 'not_run'
    AND i.is_run_owned
    AND (cast(:contract_ids AS text[]) IS NULL OR s.contract_id = any(cast(:contract_ids AS text[])))
