-- Rule: what another system has invoiced: opening balances, and the transactions and milestones that its source calls invoice_posted. Those
-- dated up to the day of an opening balance of their line and customer are part of it.
-- Grain: one row per opening balance and per chargeable share.
CREATE OR REPLACE VIEW rules.invoiced_elsewhere AS
SELECT
    ob.contract_id,
    ob.contract_line_id,
    ob.customer_id,
    ob.invoiced_amount AS amount
FROM invoicing.opening_balance AS ob
UNION ALL
SELECT
    b.contract_id,
    b.contract_line_id,
    b.customer_id,
    b.amount
FROM invoicing.billable AS b
LEFT JOIN invoicing.opening_balance AS ob
    ON
        b.contract_id = ob.contract_id
        AND b.contract_line_id = ob.contract_line_id
        AND b.customer_id = ob.customer_id
        AND b.transaction_date <= ob.as_of
WHERE
    b.state = 'billed_elsewhere'
    AND b.billing_type = 'chargeable'
    AND ob.contract_id IS NULL;
