-- Purpose: the shares that customers have in the changed transactions and milestones so far, as the source said them last.
-- Parameters: none (reads changed_source).
-- Grain: one row per source and customer.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE known_share ON COMMIT DROP AS
SELECT
    changed.source_id,
    known.*
FROM pg_temp.changed_source AS changed
INNER JOIN rules.source_share AS known
    ON changed.contract_id = known.contract_id AND changed.source_id = known.transaction_id
WHERE
    changed.source = 'transaction'
    AND known.source = 'transaction'
UNION ALL
SELECT
    changed.source_id,
    known.*
FROM pg_temp.changed_source AS changed
INNER JOIN rules.source_share AS known
    ON changed.contract_id = known.contract_id AND changed.source_id = known.milestone_id
WHERE
    changed.source = 'milestone'
    AND known.source = 'milestone'
