-- Purpose: write generated schedule rows; each takes what is dated up to the day before it.
-- Parameters: contract_ids, contract_line_ids, run_dates (in one order).
-- Grain: schedule rows.
-- May be repeated: yes, a row that is there stays as it is.
INSERT INTO invoicing.schedule_row (contract_id, contract_line_id, run_date, source, cutoff_date)
SELECT
    cl.contract_id,
    cl.contract_line_id,
    made.run_date,
    'generated' AS source,
    made.run_date - 1 AS cutoff_date
FROM
    unnest(cast(:contract_ids AS text[]), cast(:contract_line_ids AS text[]), cast(:run_dates AS date[]))
        AS made (contract_id, contract_line_id, run_date)
INNER JOIN invoicing.contract_line AS cl ON made.contract_id = cl.contract_id AND made.contract_line_id = cl.contract_line_id
ON CONFLICT (contract_id, contract_line_id, run_date, source, source_id) DO NOTHING
