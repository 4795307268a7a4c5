-- The drafts that belong to the run: whoever touches a draft takes it away from here (design: a draft belongs to whoever
-- touched it last). Every statement that derives drafts afresh asks this view.
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
