-- Purpose: cancel the shares of customers who have none any more in a changed source. What is billed stays billed.
-- Parameters: change_id (reads known_share, share).
-- Grain: one billable per source and customer.
-- May be repeated: a canceled share is not touched.
UPDATE invoicing.billable AS b
SET
    state = 'canceled',
    change_id = :change_id
FROM (
    SELECT
        known.contract_id,
        known.billable_id
    FROM pg_temp.known_share AS known
    LEFT JOIN pg_temp.share AS share
        ON known.contract_id = share.contract_id AND known.billable_id = share.billable_id
    WHERE share.billable_id IS NULL
) AS ended
WHERE
    b.contract_id = ended.contract_id
    AND b.billable_id = ended.billable_id
    AND b.state NOT IN ('billed', 'canceled')
