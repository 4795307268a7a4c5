-- Purpose: put onto drafts what is ready for their contract and customer and on no live invoice: onto a manual draft all of it,
-- onto a scheduled one what the schedule rows of its run date admit, and the milestones of that date.
-- Parameters: contract_ids, invoice_ids, version (of a refresh; null: the drafts are being created), changed_by, request_key.
-- Grain: one detail per actual, and one row in invoice_change when it is a refresh. What two of the drafts could take goes onto
-- the older. Returns how many details there are.
-- May be repeated: yes, what is on a live invoice is not ready any more.
WITH added AS (
    INSERT INTO invoicing.invoice_line_detail (
        contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
    )
    SELECT DISTINCT ON (r.contract_id, r.actual_id)
        r.contract_id,
        r.actual_id,
        i.invoice_id,
        r.contract_line_id,
        r.billing_type,
        r.quantity,
        r.unit_price,
        r.amount,
        r.tax_amount
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.ready_actual AS r ON i.contract_id = r.contract_id AND i.customer_id = r.customer_id
    LEFT JOIN invoicing.invoice_schedule AS s
        ON
            r.contract_id = s.contract_id
            AND r.contract_line_id = s.contract_line_id
            AND i.run_date = s.run_date
    WHERE
        i.contract_id = any(cast(:contract_ids AS text[]))
        AND i.invoice_id = any(cast(:invoice_ids AS uuid[]))
        AND CASE
            WHEN i.origin = 'manual' THEN TRUE
            WHEN i.origin <> 'scheduled' THEN FALSE
            WHEN r.kind = 'milestone' THEN r.transaction_date = i.run_date
            ELSE r.transaction_date <= coalesce(s.transaction_cutoff_date, s.run_date - 1)
        END
    ORDER BY r.contract_id ASC, r.actual_id ASC, i.created_at ASC, i.invoice_id ASC
    RETURNING contract_id, actual_id, invoice_id, contract_line_id, amount
),

told AS (
    INSERT INTO invoicing.invoice_change (
        contract_id, invoice_id, version, action, contract_line_id, detail_id, field, new_value, changed_by, request_key
    )
    SELECT
        contract_id,
        invoice_id,
        cast(:version AS integer) AS version,
        'detail_added' AS action,
        contract_line_id,
        actual_id AS detail_id,
        'amount' AS field,
        cast(amount AS text) AS new_value,
        :changed_by AS changed_by,
        :request_key AS request_key
    FROM added
    WHERE cast(:version AS integer) IS NOT NULL
    ORDER BY actual_id ASC
)

SELECT count(*) AS added_count
FROM added
