-- Purpose: what corrections gave back of the shares of changed transactions and milestones, and is not billed again. Of several such
--          parts the latest is the one that follows.
-- Parameters: none (reads changed_source).
-- Grain: one row per part.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE given_back ON COMMIT DROP AS
WITH part AS MATERIALIZED (
    SELECT
        changed.source_id,
        b.*
    FROM pg_temp.changed_source AS changed
    INNER JOIN invoicing.billable AS b ON changed.contract_id = b.contract_id AND changed.source_id = b.transaction_id
    WHERE
        changed.source = 'transaction'
        AND b.source = 'transaction'
        AND b.part > 1
    UNION ALL
    SELECT
        changed.source_id,
        b.*
    FROM pg_temp.changed_source AS changed
    INNER JOIN invoicing.billable AS b ON changed.contract_id = b.contract_id AND changed.source_id = b.milestone_id
    WHERE
        changed.source = 'milestone'
        AND b.source = 'milestone'
        AND b.part > 1
)

SELECT
    *,
    row_number() OVER (PARTITION BY contract_id, source, source_id, customer_id ORDER BY part DESC) = 1 AS is_latest
FROM part
WHERE state <> 'billed'
