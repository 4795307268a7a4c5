-- Purpose: how changed sources were split when they were first recorded on their line, which later percents of it do not change
--          (data contract 1.1).
-- Parameters: none (reads changed_source, known_share).
-- Grain: one row per source and customer, of the sources that all of the split is known of.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE kept_split ON COMMIT DROP AS
SELECT
    source,
    contract_id,
    source_id,
    customer_id,
    split_percent,
    is_rounding_share
FROM (
    SELECT
        known.*,
        sum(known.split_percent) OVER whole AS percents,
        count(*) FILTER (WHERE known.is_rounding_share) OVER whole AS rounding_shares
    FROM pg_temp.changed_source AS changed
    INNER JOIN pg_temp.known_share AS known
        ON
            changed.source = known.source
            AND changed.contract_id = known.contract_id
            AND changed.source_id = known.source_id
            AND changed.contract_line_id = known.contract_line_id
    WHERE
        changed.customer_id IS NULL
        AND known.split_percent IS NOT NULL
    WINDOW whole AS (PARTITION BY known.source, known.contract_id, known.source_id)
) AS split
WHERE
    percents = 100
    AND rounding_shares = 1
