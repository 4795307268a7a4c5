-- Purpose: series of invoice numbers with a gap.
-- Parameters: at_most (of no date: a series belongs to none).
-- Grain: one row per series.
-- May be repeated: reads only.
SELECT
    series,
    format(
        'the series gave %s numbers, from %s to %s', count(*), min(number_in_series), max(number_in_series)
    ) AS message
FROM invoicing.invoice_number
GROUP BY series
HAVING (count(*), min(number_in_series)) <> (max(number_in_series), 1)
ORDER BY series ASC
LIMIT :at_most
