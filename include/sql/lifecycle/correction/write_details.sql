-- Purpose: the details of corrective drafts: quantity 0, beside the quantity that was billed, at the price that was set by hand or, where
-- none was, at the one that the source says now.
-- Parameters: contract_ids, invoice_ids (of the corrective drafts, in the same order), change_id (of their claims).
-- Grain: one detail per claim.
-- May be repeated: no, the key refuses a second.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount,
    original_quantity, description, role_id, resource_id
)
SELECT
    b.contract_id,
    b.billable_id,
    i.invoice_id,
    b.contract_line_id,
    b.billing_type,
    0 AS quantity,
    CASE WHEN b.unit_price = coalesce(given.unit_price, share.unit_price) THEN coalesce(now.unit_price, b.unit_price) ELSE b.unit_price END AS unit_price,
    -b.amount AS amount,
    -b.tax_amount AS tax_amount,
    b.quantity AS original_quantity,
    d.description,
    d.role_id,
    d.resource_id
FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
INNER JOIN invoicing.invoice AS i ON draft.contract_id = i.contract_id AND draft.invoice_id = i.invoice_id
INNER JOIN invoicing.posting AS p ON i.contract_id = p.contract_id AND i.corrects_invoice_id = p.invoice_id
INNER JOIN invoicing.billable AS b ON p.contract_id = b.contract_id AND p.actual_id = b.corrects_actual_id
INNER JOIN invoicing.invoice_line_detail AS d ON p.contract_id = d.contract_id AND p.billable_id = d.billable_id
INNER JOIN invoicing.billable AS share ON b.contract_id = share.contract_id AND b.share_id = share.billable_id
LEFT JOIN invoicing.billable AS given
    ON
        b.contract_id = given.contract_id
        AND b.share_id = given.share_id
        AND b.part = given.part
        AND given.source <> 'correction'
LEFT JOIN rules.share_now AS now ON b.contract_id = now.contract_id AND b.share_id = now.share_id
WHERE
    b.source = 'correction'
    AND b.state = 'open'
    AND b.change_id = cast(:change_id AS bigint)
