-- Purpose: end the choice of shares.
-- Parameters: none.
-- Grain: the table pg_temp.chosen_share.
-- May be repeated: the next choice makes it anew.
DROP TABLE pg_temp.chosen_share
