-- Purpose: what of confirmed invoices can be corrected: the billed sales that no correction has taken back.
-- Parameters: invoice_ids, detail_ids (of the invoices' details; null: all).
-- Grain: one row per detail that was named, or of the invoices; correction is the invoice, if any, that corrects it.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    d.actual_id AS detail_id,
    b.actual_id AS billed_actual_id,
    correction.invoice_id AS correction_id,
    correction.invoice_number AS correction_number,
    correction.status AS correction_status
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
LEFT JOIN invoicing.actual AS b
    ON
        d.contract_id = b.contract_id
        AND d.invoice_id = b.invoice_id
        AND d.actual_id = b.detail_id
        AND b.posting IN ('billed', 'billed_only')
LEFT JOIN invoicing.invoice_line_detail AS taken ON b.contract_id = taken.contract_id AND b.actual_id = taken.actual_id
LEFT JOIN invoicing.invoice AS correction
    ON taken.contract_id = correction.contract_id AND taken.invoice_id = correction.invoice_id
WHERE
    i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND (cast(:detail_ids AS bigint[]) IS NULL OR d.actual_id = any(cast(:detail_ids AS bigint[])))
ORDER BY i.contract_id ASC, i.invoice_id ASC, d.actual_id ASC
