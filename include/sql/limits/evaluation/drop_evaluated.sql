-- Purpose: forget an earlier evaluation of the same transaction.
-- Parameters: none.
-- Grain: the temporary tables of an evaluation.
-- May be repeated: yes.
DROP TABLE IF EXISTS pg_temp.waiting_share, pg_temp.evaluated_share, pg_temp.evaluated_limit, pg_temp.verdict
