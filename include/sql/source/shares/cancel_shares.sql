-- Purpose: cancel what is not billed of the shares of customers who have none any more in a changed source, or whose source is
--          canceled. What is billed stays billed (record_later_shares).
-- Parameters: change_id (reads known_share, given_back, share).
-- Grain: billables of a source and customer.
-- May be repeated: a canceled share is not touched.
UPDATE invoicing.billable AS b
SET
    state = 'canceled',
    change_id = :change_id
FROM (
    SELECT
        known.contract_id,
        known.billable_id
    FROM (
        SELECT
            contract_id,
            source,
            source_id,
            customer_id,
            billable_id
        FROM pg_temp.known_share
        UNION ALL
        SELECT
            contract_id,
            source,
            source_id,
            customer_id,
            billable_id
        FROM pg_temp.given_back
    ) AS known
    LEFT JOIN pg_temp.share AS share
        ON
            known.contract_id = share.contract_id
            AND known.source = share.source
            AND known.source_id = share.source_id
            AND known.customer_id = share.customer_id
    WHERE
        share.source_id IS NULL
        OR share.state = 'canceled'
) AS ended
WHERE
    b.contract_id = ended.contract_id
    AND b.billable_id = ended.billable_id
    AND b.state NOT IN ('billed', 'canceled')
