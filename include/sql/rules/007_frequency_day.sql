-- Rule: the run days of an invoice frequency (data contract 1.2). weekday: 1, Monday, to 7; occurrence: which of the month, null for the
-- last; day_of_month: 31 for the last, since a day that a month does not have is its last.
-- Grain: one row per frequency and run day.
CREATE OR REPLACE VIEW rules.frequency_day AS
SELECT
    f.invoice_frequency_id,
    f.period,
    array_position(
        ARRAY['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], split_part(entry.run_day, ' ', -1)
    ) AS weekday,
    array_position(ARRAY['first', 'second', 'third', 'fourth'], split_part(entry.run_day, ' ', 1)) AS occurrence,
    CASE
        WHEN entry.run_day = 'last' THEN 31
        WHEN entry.run_day ~ '^[0-9]+$' THEN cast(entry.run_day AS integer)
    END AS day_of_month
FROM invoicing.invoice_frequency AS f
CROSS JOIN LATERAL unnest(string_to_array(f.run_days, ';')) AS entry (run_day);
