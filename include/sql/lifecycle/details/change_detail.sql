-- Purpose: change a detail of a draft. While the unit price is that of the source, amount and tax are its part of the source's by
-- quantity; at another price the amount is quantity x unit price, and the tax follows the amount. A tax that is given stands.
-- The source is what the detail consumes; of a correction, the share as it is by now, and there amount and tax are
-- what comes on top of what was billed before.
-- Parameters: contract_id, invoice_id, detail_id, quantity, unit_price, billing_type, tax_amount, description (null: as it is).
-- Grain: one detail.
-- May be repeated: yes.
UPDATE invoicing.invoice_line_detail AS d
SET
    quantity = taxed.quantity,
    unit_price = taxed.unit_price,
    billing_type = coalesce(cast(:billing_type AS invoicing.billing_type), d.billing_type),
    amount = taxed.amount - taxed.previous_amount,
    tax_amount = taxed.tax_amount - taxed.previous_tax_amount,
    description = coalesce(cast(:description AS text), d.description)
FROM (
    SELECT
        priced.contract_id,
        priced.billable_id,
        priced.quantity,
        priced.unit_price,
        priced.amount,
        CASE WHEN priced.is_correction THEN priced.consumed_amount ELSE 0 END AS previous_amount,
        CASE WHEN priced.is_correction THEN priced.consumed_tax_amount ELSE 0 END AS previous_tax_amount,
        CASE
            WHEN cast(:tax_amount AS numeric) IS NOT NULL THEN cast(:tax_amount AS numeric)
            WHEN NOT priced.is_repriced THEN priced.tax_amount_so_far
            WHEN priced.amount = priced.consumed_amount THEN priced.consumed_tax_amount
            WHEN priced.is_part
                THEN rules.part_of(priced.whole_tax_amount, priced.quantity, priced.whole_quantity, priced.decimals)
            WHEN priced.consumed_amount = 0 THEN priced.tax_amount_so_far
            ELSE rules.part_of(priced.consumed_tax_amount, priced.amount, priced.consumed_amount, priced.decimals)
        END AS tax_amount
    FROM (
        SELECT
            wanted.*,
            CASE
                WHEN NOT wanted.is_repriced THEN wanted.amount_so_far
                WHEN
                    (wanted.quantity, wanted.unit_price) = (wanted.consumed_quantity, wanted.consumed_unit_price)
                    THEN wanted.consumed_amount
                WHEN wanted.is_part
                    THEN rules.part_of(wanted.whole_amount, wanted.quantity, wanted.whole_quantity, wanted.decimals)
                ELSE rules.rounded(wanted.quantity * wanted.unit_price, wanted.decimals)
            END AS amount
        FROM (
            SELECT
                compared.contract_id,
                compared.billable_id,
                compared.is_correction,
                compared.consumed_quantity,
                compared.consumed_unit_price,
                compared.consumed_amount,
                compared.consumed_tax_amount,
                compared.amount AS amount_so_far,
                compared.tax_amount AS tax_amount_so_far,
                cu.decimals,
                coalesce(now.quantity, compared.consumed_quantity) AS whole_quantity,
                coalesce(now.amount, compared.consumed_amount) AS whole_amount,
                coalesce(now.tax_amount, compared.consumed_tax_amount) AS whole_tax_amount,
                coalesce(cast(:quantity AS numeric), compared.quantity) AS quantity,
                coalesce(cast(:unit_price AS numeric), compared.unit_price) AS unit_price,
                coalesce(cast(:quantity AS numeric), cast(:unit_price AS numeric)) IS NOT NULL AS is_repriced,
                coalesce(cast(:unit_price AS numeric), compared.unit_price)
                = coalesce(now.unit_price, compared.consumed_unit_price)
                AND coalesce(now.quantity, compared.consumed_quantity) <> 0 AS is_part
            FROM rules.detail_difference AS compared
            INNER JOIN invoicing.invoice AS i ON compared.contract_id = i.contract_id AND compared.invoice_id = i.invoice_id
            INNER JOIN invoicing.currency AS cu ON i.currency = cu.currency
            LEFT JOIN rules.share_now AS now
                ON
                    compared.contract_id = now.contract_id
                    AND compared.share_id = now.share_id
                    AND compared.is_correction
            WHERE
                compared.contract_id = :contract_id
                AND compared.invoice_id = cast(:invoice_id AS uuid)
                AND compared.billable_id = cast(:detail_id AS bigint)
        ) AS wanted
    ) AS priced
) AS taxed
WHERE
    d.contract_id = taxed.contract_id
    AND d.billable_id = taxed.billable_id
