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
        seal,
        status IN ('confirmed', 'paid') AS is_confirmed
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    contract_id,
    invoice_id,
    cast(NULL AS text) AS contract_line_id,
    cast(NULL AS bigint) AS detail_id,
    format('the invoice is %s, confirmed at %s with hash %s', status, confirmed_at, seal) AS message
FROM invoice
WHERE
    (confirmed_at IS NOT NULL) <> is_confirmed
    OR (seal IS NOT NULL) <> is_confirmed
UNION ALL
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    cast(NULL AS bigint) AS detail_id,
    format(
        'the invoice is %s, and a line of it %s', i.status, CASE WHEN line.is_confirmed THEN 'confirmed' ELSE 'open' END
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE line.is_confirmed <> i.is_confirmed
UNION ALL
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    format(
        'the invoice is %s, and a detail of it %s', i.status, CASE WHEN d.is_confirmed THEN 'confirmed' ELSE 'open' END
    ) AS message
FROM invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE d.is_confirmed <> i.is_confirmed
ORDER BY contract_id ASC, invoice_id ASC, contract_line_id ASC, detail_id ASC
LIMIT :at_most
