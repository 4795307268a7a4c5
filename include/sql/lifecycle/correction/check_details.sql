-- Purpose: what of confirmed invoices can be corrected: the billed sales that no correction has taken up.
-- Parameters: invoice_ids, detail_ids (of the invoices' details; null: all).
-- Grain: one row per detail that was named, or of the invoices; correction is the invoice, if any, that corrects it.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    d.billable_id AS detail_id,
    p.actual_id AS billed_actual_id,
    correction.invoice_id AS correction_id,
    correction.invoice_number AS correction_number,
    correction.status AS correction_status
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
LEFT JOIN invoicing.posting AS p
    ON
        d.contract_id = p.contract_id
        AND d.billable_id = p.billable_id
        AND p.posting IN ('billed', 'billed_only')
LEFT JOIN invoicing.billable AS claim
    ON
        p.contract_id = claim.contract_id
        AND p.actual_id = claim.corrects_actual_id
        AND claim.source = 'correction'
LEFT JOIN invoicing.invoice_line_detail AS claiming
    ON claim.contract_id = claiming.contract_id AND claim.billable_id = claiming.billable_id
LEFT JOIN invoicing.invoice AS correction
    ON claiming.contract_id = correction.contract_id AND claiming.invoice_id = correction.invoice_id
WHERE
    i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND (cast(:detail_ids AS bigint[]) IS NULL OR d.billable_id = any(cast(:detail_ids AS bigint[])))
ORDER BY i.contract_id ASC, i.invoice_id ASC, d.billable_id ASC
