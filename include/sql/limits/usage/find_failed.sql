-- Purpose: the first of some transactions, in the order of evaluation, of which a limit has failed a share.
-- Parameters: contract_ids, transaction_ids, customer_ids (null: any).
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    b.contract_id,
    b.transaction_id,
    b.amount,
    b.limit_level AS level,
    b.contract_line_id,
    b.customer_id,
    b.limit_amount,
    b.limit_used AS used_amount
FROM invoicing.billable AS b
WHERE
    b.contract_id = any(cast(:contract_ids AS text[]))
    AND b.transaction_id = any(cast(:transaction_ids AS text[]))
    AND b.source = 'transaction'
    AND b.state = 'open'
    AND b.limit_status = 'failed'
    AND (cast(:customer_ids AS text[]) IS NULL OR b.customer_id = any(cast(:customer_ids AS text[])))
ORDER BY b.contract_id ASC, b.transaction_date ASC, b.transaction_id ASC, b.customer_id ASC, b.billable_id ASC
LIMIT 1
