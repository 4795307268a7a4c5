-- Purpose: make the shares in pg_temp.chosen_share ready to invoice or not, or set their billing type.
-- Parameters: to_ready, to_billing_type (null: as it is), change_id.
-- Grain: billables.
-- May be repeated: yes.
UPDATE invoicing.billable AS b
SET
    is_ready = coalesce(cast(:to_ready AS boolean), b.is_ready),
    billing_type = coalesce(cast(:to_billing_type AS invoicing.billing_type), b.billing_type),
    change_id = cast(:change_id AS bigint)
FROM pg_temp.chosen_share AS chosen
WHERE
    b.contract_id = chosen.contract_id
    AND b.billable_id = chosen.billable_id
