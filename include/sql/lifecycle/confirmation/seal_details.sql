-- Purpose: write into the details of the chosen invoices the texts, roles and resources that their sources say now, and make them
-- read-only.
-- Parameters: none.
-- Grain: invoice line details.
-- May be repeated: yes.
UPDATE invoicing.invoice_line_detail AS d
SET
    description = coalesce(d.description, t.description, m.name),
    role_id = coalesce(d.role_id, t.role_id),
    resource_id = coalesce(d.resource_id, t.resource_id),
    is_confirmed = TRUE
FROM pg_temp.chosen_invoice AS chosen
INNER JOIN invoicing.billable AS b ON chosen.contract_id = b.contract_id
LEFT JOIN invoicing.transaction AS t ON b.contract_id = t.contract_id AND b.transaction_id = t.transaction_id
LEFT JOIN invoicing.milestone AS m ON b.contract_id = m.contract_id AND b.milestone_id = m.milestone_id
WHERE
    d.contract_id = chosen.contract_id
    AND d.invoice_id = chosen.invoice_id
    AND b.contract_id = d.contract_id
    AND b.billable_id = d.billable_id
    AND NOT d.is_confirmed
