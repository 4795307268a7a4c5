-- A draft belongs to whoever touched it last. untouched_draft: the drafts that belong to the runs, which every statement
-- that derives drafts afresh asks. touched_invoice: the scheduled invoices that are no longer theirs; nothing is added to
-- them or taken from them, and what would have gone onto them waits.
CREATE VIEW invoicing.untouched_draft AS
SELECT
    contract_id,
    invoice_id,
    customer_id,
    run_date
FROM invoicing.invoice
WHERE
    origin = 'scheduled'
    AND status = 'draft'
    AND edited_at IS NULL;

CREATE VIEW invoicing.touched_invoice AS
SELECT
    contract_id,
    invoice_id,
    customer_id,
    run_date
FROM invoicing.invoice
WHERE
    origin = 'scheduled'
    AND (status <> 'draft' OR edited_at IS NOT NULL);
