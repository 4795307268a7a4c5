-- Purpose: take details off a draft. What they held is ready again; an entry by hand is gone, and so is the claim of a corrective
-- detail on the billed sale, which stays as it is.
-- Parameters: contract_id, invoice_id, contract_line_id (null: all), detail_id (null: all), change_id.
-- Grain: one row per detail in invoice_change.
-- May be repeated: what is off stays off.
WITH removed AS (
    DELETE FROM invoicing.invoice_line_detail AS d
    WHERE
        d.contract_id = :contract_id
        AND d.invoice_id = cast(:invoice_id AS uuid)
        AND (cast(:contract_line_id AS text) IS NULL OR d.contract_line_id = cast(:contract_line_id AS text))
        AND (cast(:detail_id AS bigint) IS NULL OR d.billable_id = cast(:detail_id AS bigint))
    RETURNING d.contract_id, d.invoice_id, d.contract_line_id, d.billable_id, d.amount
),

given_up AS (
    UPDATE invoicing.billable AS b
    SET
        state = 'canceled',
        change_id = cast(:change_id AS bigint)
    FROM removed
    WHERE
        b.contract_id = removed.contract_id
        AND b.billable_id = removed.billable_id
        AND b.source IN ('entry', 'correction')
        AND NOT b.is_sale
)

INSERT INTO invoicing.invoice_change (
    contract_id, change_id, invoice_id, action, contract_line_id, billable_id, field, old_value
)
SELECT
    removed.contract_id,
    cast(:change_id AS bigint) AS change_id,
    removed.invoice_id,
    'detail_removed' AS action,
    removed.contract_line_id,
    removed.billable_id,
    'amount' AS field,
    cast(removed.amount AS text) AS old_value
FROM removed
ORDER BY removed.billable_id ASC
