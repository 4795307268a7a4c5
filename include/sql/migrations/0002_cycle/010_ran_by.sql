-- ran_by: the run that took the row. The day of a row that a later day caught up has nothing left to do.
ALTER TABLE invoicing.invoice_schedule ADD COLUMN ran_by integer;
ALTER TABLE invoicing.milestone ADD COLUMN ran_by integer;

-- Rows that ran before this was recorded: ran_at is the start of the attempt that took them, unless its run was repeated since.
UPDATE invoicing.invoice_schedule AS s
SET ran_by = r.run_id
FROM invoicing.invoice_run AS r
WHERE s.ran_at = r.started_at;

UPDATE invoicing.milestone AS m
SET ran_by = r.run_id
FROM invoicing.invoice_run AS r
WHERE m.ran_at = r.started_at;

UPDATE invoicing.invoice_schedule AS s
SET ran_by = r.run_id
FROM invoicing.invoice_run AS r
WHERE
    s.ran_by IS NULL
    AND s.ran_at IS NOT NULL
    AND s.run_date = r.run_date;

UPDATE invoicing.milestone AS m
SET ran_by = r.run_id
FROM invoicing.invoice_run AS r
WHERE
    m.ran_by IS NULL
    AND m.ran_at IS NOT NULL
    AND m.milestone_date = r.run_date;
