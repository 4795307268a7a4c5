-- Purpose: the shares of contracts with limits that a load has brought or changed in what decides about limits, and those that are not
-- committed yet.
-- Parameters: none (reads share, known_share, given_back; adds to waiting_share).
-- Grain: one row per share.
-- May be repeated: a share that waits already is left as it is.
INSERT INTO pg_temp.waiting_share (contract_id, billable_id, is_certain)
SELECT
    b.contract_id,
    b.billable_id,
    FALSE AS is_certain
FROM (SELECT DISTINCT contract_id FROM rules.contract_limit) AS limited
INNER JOIN pg_temp.share AS share ON limited.contract_id = share.contract_id
INNER JOIN invoicing.billable AS b
    ON
        share.contract_id = b.contract_id
        AND share.source_id = b.transaction_id
        AND share.customer_id = b.customer_id
LEFT JOIN (
    SELECT
        contract_id,
        billable_id,
        contract_line_id,
        transaction_class,
        amount,
        billing_type,
        state
    FROM pg_temp.known_share
    UNION ALL
    SELECT
        contract_id,
        billable_id,
        contract_line_id,
        transaction_class,
        amount,
        billing_type,
        state
    FROM pg_temp.given_back
) AS before ON b.contract_id = before.contract_id AND b.billable_id = before.billable_id
WHERE
    share.source = 'transaction'
    AND b.source = 'transaction'
    AND b.state = 'open'
    AND (
        b.limit_status IS DISTINCT FROM 'committed'
        OR (before.contract_line_id, before.transaction_class, before.amount, before.billing_type, before.state)
        IS DISTINCT FROM (b.contract_line_id, b.transaction_class, b.amount, b.billing_type, b.state)
    )
ON CONFLICT DO NOTHING
