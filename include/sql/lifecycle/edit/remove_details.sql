-- Purpose: take details off a draft: what they held is ready again, and what was added by hand is gone.
-- Parameters: contract_id, invoice_id, contract_line_id (null: all), detail_id (null: all), version, changed_at, changed_by,
-- request_key.
-- Grain: one row per detail in invoice_change. Of a correction, the billed sales stay as they are.
-- May be repeated: what is off stays off.
WITH removed AS (
    DELETE FROM invoicing.invoice_line_detail
    WHERE
        contract_id = :contract_id
        AND invoice_id = :invoice_id
        AND contract_line_id = coalesce(:contract_line_id, contract_line_id)
        AND actual_id = coalesce(cast(:detail_id AS bigint), actual_id)
    RETURNING contract_id, invoice_id, contract_line_id, actual_id, amount
),

released AS (
    UPDATE invoicing.actual AS a
    SET
        billing_status = CASE WHEN a.kind = 'added' THEN 'canceled' ELSE a.billing_status END,
        recorded_at = :changed_at
    FROM removed AS r
    WHERE
        a.contract_id = r.contract_id
        AND a.actual_id = r.actual_id
        AND a.billing_status = 'ready_to_invoice'
)

INSERT INTO invoicing.invoice_change (
    contract_id, invoice_id, version, action, contract_line_id, detail_id, field, old_value, changed_by, request_key
)
SELECT
    contract_id,
    invoice_id,
    cast(:version AS integer) AS version,
    'detail_removed' AS action,
    contract_line_id,
    actual_id AS detail_id,
    'amount' AS field,
    cast(amount AS text) AS old_value,
    :changed_by AS changed_by,
    :request_key AS request_key
FROM removed
ORDER BY actual_id ASC
