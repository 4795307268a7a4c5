-- Purpose: say of confirmed invoices that they are paid.
-- Parameters: invoice_ids, change_id.
-- Grain: one row per invoice, at a new version.
-- May be repeated: a paid invoice is not touched.
UPDATE invoicing.invoice AS i
SET
    status = 'paid',
    version = cast(:change_id AS bigint)
WHERE
    i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND i.status = 'confirmed'
