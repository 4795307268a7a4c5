-- Purpose: confirmed invoices whose content is not the one that their confirmation sealed, or that took something in since.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    format(
        'what invoice %s, its lines, its details or its actuals say has changed since it was confirmed: hash %s was sealed, %s is found',
        coalesce(i.invoice_number, cast(i.invoice_id AS text)), i.seal, now.seal
    ) AS message
FROM invoicing.invoice AS i
INNER JOIN rules.invoice_seal AS now ON i.contract_id = now.contract_id AND i.invoice_id = now.invoice_id
WHERE
    i.run_date BETWEEN :from_date AND :to_date
    AND i.status IN ('confirmed', 'paid')
    AND i.seal IS DISTINCT FROM now.seal
ORDER BY i.contract_id ASC, i.invoice_id ASC
LIMIT :at_most
