-- Purpose: remove generated schedule rows that no frequency makes any more. One that has run, or failed, stays.
-- Parameters: contract_ids, contract_line_ids, run_dates (in one order).
-- Grain: schedule rows.
-- May be repeated: yes.
DELETE FROM invoicing.schedule_row AS s
USING
    unnest(cast(:contract_ids AS text[]), cast(:contract_line_ids AS text[]), cast(:run_dates AS date[]))
        AS gone (contract_id, contract_line_id, run_date)
WHERE
    s.contract_id = gone.contract_id
    AND s.contract_line_id = gone.contract_line_id
    AND s.run_date = gone.run_date
    AND s.source = 'generated'
    AND s.run_status = 'not_run'
