-- Purpose: say of confirmed invoices that they are paid.
-- Parameters: invoice_ids.
-- Grain: one row per invoice.
-- May be repeated: a paid invoice is not touched.
UPDATE invoicing.invoice
SET
    status = 'paid',
    version = version + 1
WHERE
    invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND status = 'confirmed'
