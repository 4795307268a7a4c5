-- Purpose: end the choice of what a draft may take on.
-- Parameters: none.
-- Grain: the table pg_temp.addition.
-- May be repeated: the next choice makes it anew.
DROP TABLE pg_temp.addition
