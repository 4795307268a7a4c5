-- One row per thing that somebody did to an invoice.
CREATE OR REPLACE VIEW analytics.invoice_changes AS
SELECT
    ic.invoice_id,
    ch.changed_at,
    ch.changed_by,
    ic.action,
    ic.billable_id AS detail_id,
    ic.field,
    ic.old_value,
    ic.new_value,
    ic.contract_id,
    ic.contract_line_id,
    ic.change_id AS version,
    ch.request_key
FROM invoicing.invoice_change AS ic
INNER JOIN invoicing.change AS ch ON ic.change_id = ch.change_id;

COMMENT ON VIEW analytics.invoice_changes IS 'Who did what to which invoice: one row per invoice, or per detail and field.';
COMMENT ON COLUMN analytics.invoice_changes.changed_at IS 'When.';
COMMENT ON COLUMN analytics.invoice_changes.changed_by IS 'Who: the user of the command line, or of the Airflow run.';
COMMENT ON COLUMN analytics.invoice_changes.contract_id IS 'Contract of the invoice.';
COMMENT ON COLUMN analytics.invoice_changes.invoice_id IS 'Invoice; it may have been deleted since.';
COMMENT ON COLUMN analytics.invoice_changes.version IS 'Version of the invoice that the change made.';
COMMENT ON COLUMN analytics.invoice_changes.action IS 'What was done: created, confirmed, detail_changed and the like.';
COMMENT ON COLUMN analytics.invoice_changes.contract_line_id IS 'Contract line of the detail; null for the invoice as a whole.';
COMMENT ON COLUMN analytics.invoice_changes.detail_id IS 'Detail that was changed, added or removed; null for the invoice as a whole.';
COMMENT ON COLUMN analytics.invoice_changes.field IS 'Column of invoice_line_details that changed; the amount where a detail was added or removed.';
COMMENT ON COLUMN analytics.invoice_changes.old_value IS 'What it said before, as text.';
COMMENT ON COLUMN analytics.invoice_changes.new_value IS 'What it has said since, as text.';
COMMENT ON COLUMN analytics.invoice_changes.request_key IS 'Command or Airflow run that did it.';
