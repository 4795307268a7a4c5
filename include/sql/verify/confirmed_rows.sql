-- Purpose: invoices, lines and details that do not agree on whether they are confirmed, which is what keeps them from changes.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice, line or detail.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id,
        status,
        confirmed_at,
        content_hash,
        status IN ('confirmed', 'paid') AS is_confirmed
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    contract_id,
    invoice_id,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS bigint) AS actual_id,
    format('the invoice is %s, confirmed at %s with hash %s', status, confirmed_at, content_hash) AS message
FROM invoice
WHERE
    (confirmed_at IS NOT NULL) <> is_confirmed
    OR (content_hash IS NOT NULL) <> is_confirmed
UNION ALL
SELECT
    l.contract_id,
    l.invoice_id,
    l.contract_line_id,
    cast(NULL AS bigint) AS actual_id,
    format('the invoice is %s, and a line of it %s', i.status, CASE WHEN l.confirmed THEN 'confirmed' ELSE 'open' END) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line AS l ON i.contract_id = l.contract_id AND i.invoice_id = l.invoice_id
WHERE l.confirmed <> i.is_confirmed
UNION ALL
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    format('the invoice is %s, and a detail of it %s', i.status, CASE WHEN d.confirmed THEN 'confirmed' ELSE 'open' END) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE d.confirmed <> i.is_confirmed
ORDER BY contract_id ASC, invoice_id ASC, contract_line_id ASC, actual_id ASC
LIMIT :at_most
