-- Purpose: end the search for run dates.
-- Parameters: none.
-- Grain: the table pg_temp.frequency_date.
-- May be repeated: the next search makes it anew.
DROP TABLE pg_temp.frequency_date
