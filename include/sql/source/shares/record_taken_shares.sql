-- Purpose: what drafts took of shares, or of parts that were given back, that have just changed: as they were before the first change.
-- Parameters: change_id (reads known_share, given_back, after the shares have changed).
-- Grain: one row in taken_share per changed billable that is on a draft.
-- May be repeated: yes; what was taken is recorded once.
INSERT INTO invoicing.taken_share (
    contract_id, billable_id, contract_line_id, transaction_class, transaction_date, quantity, unit_price, amount, tax_amount,
    billing_type, change_id
)
SELECT
    taken.contract_id,
    taken.billable_id,
    taken.contract_line_id,
    taken.transaction_class,
    taken.transaction_date,
    taken.quantity,
    taken.unit_price,
    taken.amount,
    taken.tax_amount,
    taken.billing_type,
    cast(:change_id AS bigint) AS change_id
FROM (
    SELECT
        contract_id,
        billable_id,
        contract_line_id,
        transaction_class,
        transaction_date,
        quantity,
        unit_price,
        amount,
        tax_amount,
        billing_type
    FROM pg_temp.known_share
    WHERE state <> 'billed'
    UNION ALL
    SELECT
        contract_id,
        billable_id,
        contract_line_id,
        transaction_class,
        transaction_date,
        quantity,
        unit_price,
        amount,
        tax_amount,
        billing_type
    FROM pg_temp.given_back
) AS taken
INNER JOIN invoicing.billable AS b ON taken.contract_id = b.contract_id AND taken.billable_id = b.billable_id
INNER JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
WHERE b.change_id = cast(:change_id AS bigint)
ON CONFLICT (contract_id, billable_id) DO NOTHING
