-- Purpose: what a confirmation writes of a detail, for the documentation.
-- Parameters: none.
-- Grain: one row per handling and posting, in the order of the rule.
-- May be repeated: reads only.
SELECT
    handling,
    posting,
    becomes,
    kind,
    part,
    sign,
    reverses,
    replaces
FROM rules.posting_rule
