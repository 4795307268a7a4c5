-- Purpose: series of invoice numbers with a gap, a number given twice, or another last number than the series remembers.
-- Parameters: at_most (of no date: a series belongs to none).
-- Grain: one row per series.
-- May be repeated: reads only.
WITH given AS (
    SELECT
        number_series AS series,
        count(*) AS invoices,
        count(DISTINCT number_in_series) AS numbers,
        min(number_in_series) AS first_number,
        max(number_in_series) AS last_number
    FROM invoicing.invoice
    WHERE number_series IS NOT NULL
    GROUP BY number_series
)

SELECT
    coalesce(s.series, g.series) AS series,
    format(
        'the series remembers %s as its last number; %s invoices bear %s numbers of it, %s to %s',
        s.last_number, coalesce(g.invoices, 0), coalesce(g.numbers, 0), g.first_number, g.last_number
    ) AS message
FROM invoicing.invoice_number_series AS s
FULL JOIN given AS g ON s.series = g.series
WHERE
    (g.invoices, g.numbers, g.first_number, g.last_number) IS DISTINCT FROM (s.last_number, s.last_number, 1, s.last_number)
ORDER BY coalesce(s.series, g.series) ASC
LIMIT :at_most
