-- Purpose: end the choice of what is ready.
-- Parameters: none.
-- Grain: the table pg_temp.ready_share.
-- May be repeated: the next choice makes it anew.
DROP TABLE pg_temp.ready_share
