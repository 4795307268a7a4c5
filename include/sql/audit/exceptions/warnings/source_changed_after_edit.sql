-- Purpose: what stands on a draft that no run derives afresh, and whose source says something else since.
-- Parameters: contract_ids (null: all).
-- Grain: a customer's share.
-- May be repeated: reads only.
SELECT
    b.contract_id,
    'source_changed_after_edit' AS code,
    'warning' AS severity,
    b.contract_line_id,
    b.customer_id,
    b.transaction_id,
    b.milestone_id,
    cast(NULL AS date) AS subject_date,
    'The source says ' || cast(trim_scale(b.quantity) AS text) || ' x ' || cast(trim_scale(b.unit_price) AS text) || ' = ' || cast(b.amount AS text)
    || CASE WHEN b.state = 'canceled' THEN ', canceled,' ELSE '' END || ' now; draft ' || cast(i.invoice_id AS text) || ' took '
    || cast(trim_scale(ts.quantity) AS text) || ' x ' || cast(trim_scale(ts.unit_price) AS text) || ' = ' || cast(ts.amount AS text)
    || '; remove the detail and refresh the draft to bill what the source says, or leave it.' AS message
FROM invoicing.taken_share AS ts
INNER JOIN invoicing.billable AS b ON ts.contract_id = b.contract_id AND ts.billable_id = b.billable_id
INNER JOIN invoicing.invoice_line_detail AS d ON ts.contract_id = d.contract_id AND ts.billable_id = d.billable_id
INNER JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
WHERE
    i.status IN ('draft', 'in_review')
    AND NOT i.is_run_owned
    AND (
        b.state = 'canceled'
        OR (b.quantity, b.unit_price, b.amount, b.tax_amount, b.billing_type)
        <> (ts.quantity, ts.unit_price, ts.amount, ts.tax_amount, ts.billing_type)
    )
    AND (cast(:contract_ids AS text[]) IS NULL OR ts.contract_id = any(cast(:contract_ids AS text[])))
