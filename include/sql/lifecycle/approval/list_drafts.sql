-- Purpose: the drafts that an approval is about, by currency, the largest first: as they were asked about, and what has become of them.
-- Parameters: approval_id.
-- Grain: one row per draft; of one that was deleted since only what the approval says.
-- May be repeated: reads only.
SELECT
    ai.contract_id,
    coalesce(i.customer_name, u.name) AS customer_name,
    i.run_date,
    i.origin,
    i.status,
    i.invoice_number,
    ai.currency,
    ai.total_amount,
    coalesce(i.version <> ai.version, TRUE) AS is_changed,
    ai.version,
    ai.invoice_id
FROM invoicing.approval_invoice AS ai
LEFT JOIN invoicing.invoice AS i ON ai.contract_id = i.contract_id AND ai.invoice_id = i.invoice_id
LEFT JOIN invoicing.customer AS u ON i.customer_id = u.customer_id
WHERE ai.approval_id = cast(:approval_id AS bigint)
ORDER BY ai.currency ASC, abs(ai.total_amount) DESC, ai.contract_id ASC, ai.invoice_id ASC
