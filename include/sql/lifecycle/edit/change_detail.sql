-- Purpose: change a detail of a draft. The amount follows quantity and price, and the tax follows the amount in proportion to
-- what the detail consumes, unless it is given. On a correction both are what comes on top of what was invoiced before.
-- Parameters: contract_id, invoice_id, detail_id, quantity, unit_price, billing_type, tax_amount, description (null: as it is).
-- Grain: one detail.
-- May be repeated: yes.
UPDATE invoicing.invoice_line_detail AS d
SET
    quantity = n.quantity,
    unit_price = n.unit_price,
    billing_type = n.billing_type,
    amount = n.amount - n.previous_amount,
    tax_amount = n.tax_amount - n.previous_tax_amount,
    description = n.description
FROM (
    SELECT
        m.*,
        CASE
            WHEN cast(:tax_amount AS numeric) IS NOT NULL THEN cast(:tax_amount AS numeric)
            WHEN NOT m.is_repriced THEN m.tax_amount_so_far
            WHEN m.amount = m.source_amount THEN m.source_tax_amount
            WHEN m.source_amount = 0 THEN m.tax_amount_so_far
            ELSE round(m.source_tax_amount * m.amount / m.source_amount, m.decimals)
        END AS tax_amount
    FROM (
        SELECT
            q.*,
            CASE
                WHEN NOT q.is_repriced THEN q.amount_so_far
                WHEN (q.quantity, q.unit_price) = (q.source_quantity, q.source_unit_price) THEN q.source_amount
                ELSE round(q.quantity * q.unit_price, q.decimals)
            END AS amount
        FROM (
            SELECT
                o.contract_id,
                o.actual_id,
                u.decimals,
                a.quantity AS source_quantity,
                a.unit_price AS source_unit_price,
                a.amount AS source_amount,
                a.tax_amount AS source_tax_amount,
                coalesce(cast(:quantity AS numeric), o.quantity) AS quantity,
                coalesce(cast(:unit_price AS numeric), o.unit_price) AS unit_price,
                coalesce(cast(:billing_type AS invoicing.billing_type), o.billing_type) AS billing_type,
                coalesce(cast(:description AS text), o.description) AS description,
                coalesce(cast(:quantity AS numeric), cast(:unit_price AS numeric)) IS NOT NULL AS is_repriced,
                CASE WHEN i.origin = 'corrective' THEN a.amount ELSE 0 END AS previous_amount,
                CASE WHEN i.origin = 'corrective' THEN a.tax_amount ELSE 0 END AS previous_tax_amount,
                o.amount + CASE WHEN i.origin = 'corrective' THEN a.amount ELSE 0 END AS amount_so_far,
                o.tax_amount + CASE WHEN i.origin = 'corrective' THEN a.tax_amount ELSE 0 END AS tax_amount_so_far
            FROM invoicing.invoice_line_detail AS o
            INNER JOIN invoicing.actual AS a ON o.contract_id = a.contract_id AND o.actual_id = a.actual_id
            INNER JOIN invoicing.invoice AS i ON o.contract_id = i.contract_id AND o.invoice_id = i.invoice_id
            INNER JOIN invoicing.currency AS u ON i.currency = u.currency
            WHERE
                o.contract_id = :contract_id
                AND o.invoice_id = :invoice_id
                AND o.actual_id = :detail_id
        ) AS q
    ) AS m
) AS n
WHERE
    d.contract_id = n.contract_id
    AND d.actual_id = n.actual_id
