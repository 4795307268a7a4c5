-- Purpose: drafts of ours that stand for a row that the source says another system has run.
-- Parameters: contract_ids (null: all).
-- Grain: contract line, customer and run date.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    'run_elsewhere' AS code,
    'warning' AS severity,
    line.contract_line_id,
    i.customer_id,
    cast(NULL AS text) AS transaction_id,
    cast(NULL AS text) AS milestone_id,
    i.run_date AS subject_date,
    'The source says that another system has run line ' || line.contract_line_id || ' of ' || cast(i.run_date AS text)
    || ', and draft ' || cast(i.invoice_id AS text) || ' bills it here; delete the draft, or its line.' AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
INNER JOIN invoicing.schedule_row AS s
    ON
        line.contract_id = s.contract_id
        AND line.contract_line_id = s.contract_line_id
        AND i.run_date = s.run_date
WHERE
    i.origin = 'scheduled'
    AND i.status IN ('draft', 'in_review')
    AND s.source = 'delivered'
    AND s.source_run_status = 'run_successful'
    AND (cast(:contract_ids AS text[]) IS NULL OR i.contract_id = any(cast(:contract_ids AS text[])))
