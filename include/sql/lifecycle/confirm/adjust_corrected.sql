-- Purpose: say of the billed sales that corrections take back that they are adjusted.
-- Parameters: contract_ids, invoice_ids.
-- Grain: actuals that details of corrective drafts consume.
-- May be repeated: yes.
UPDATE invoicing.actual AS a
SET adjustment_status = 'adjusted'
FROM invoicing.invoice AS i, invoicing.invoice_line_detail AS d
WHERE
    i.contract_id = any(cast(:contract_ids AS text[]))
    AND i.invoice_id = any(cast(:invoice_ids AS uuid[]))
    AND i.origin = 'corrective'
    AND d.contract_id = i.contract_id
    AND d.invoice_id = i.invoice_id
    AND a.contract_id = d.contract_id
    AND a.actual_id = d.actual_id
