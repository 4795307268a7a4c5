-- Purpose: entries by hand whose quantity was not conserved: all actuals, unbilled and billed, reversals and what was given back
-- included, come to what was entered, more by what later details raised, less by what partial credits of fees gave away.
-- Parameters: from_date, to_date (run dates of the invoices that entered them), at_most.
-- Grain: one row per entry of a time-and-material line.
-- May be repeated: reads only.
WITH entry AS MATERIALIZED (
    SELECT
        p.contract_id,
        p.invoice_id,
        p.contract_line_id,
        p.billable_id,
        p.quantity
    FROM invoicing.posting AS p
    INNER JOIN invoicing.invoice AS i ON p.contract_id = i.contract_id AND p.invoice_id = i.invoice_id
    WHERE
        p.posting = 'entered'
        AND i.run_date BETWEEN :from_date AND :to_date
),

-- The entry, what corrections claimed of it, and what they gave back.
piece AS MATERIALIZED (
    SELECT
        entry.contract_id,
        entry.billable_id AS entry_id,
        entry.billable_id,
        cast(0 AS numeric) AS quantity,
        cast(0 AS numeric) AS edited
    FROM entry
    UNION ALL
    SELECT
        entry.contract_id,
        entry.billable_id AS entry_id,
        b.billable_id,
        CASE WHEN b.source = 'entry' AND b.state <> 'canceled' THEN b.quantity ELSE 0 END AS quantity,
        CASE
            WHEN abs(d.quantity) > abs(b.quantity) THEN d.quantity - b.quantity
            WHEN b.source = 'correction' AND b.transaction_class = 'fee' AND d.quantity <> 0 THEN d.quantity - b.quantity
            ELSE 0
        END AS edited
    FROM entry
    INNER JOIN invoicing.billable AS b ON entry.contract_id = b.contract_id AND entry.billable_id = b.share_id
    LEFT JOIN invoicing.invoice_line_detail AS d
        ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id AND d.is_confirmed
),

posted AS (
    SELECT
        contract_id,
        billable_id,
        sum(quantity) AS quantity
    FROM invoicing.posting
    GROUP BY contract_id, billable_id
),

compared AS (
    SELECT
        piece.contract_id,
        piece.entry_id,
        sum(piece.quantity + coalesce(posted.quantity, 0)) AS quantity,
        sum(greatest(piece.edited, 0)) AS more,
        sum(least(piece.edited, 0)) AS less
    FROM piece
    LEFT JOIN posted ON piece.contract_id = posted.contract_id AND piece.billable_id = posted.billable_id
    GROUP BY piece.contract_id, piece.entry_id
)

SELECT
    entry.contract_id,
    entry.invoice_id,
    entry.contract_line_id,
    entry.billable_id AS detail_id,
    format(
        'the entry was of %s, invoices raised it by up to %s, and its actuals come to %s',
        entry.quantity, compared.more + compared.less, compared.quantity
    ) AS message
FROM entry
INNER JOIN compared ON entry.contract_id = compared.contract_id AND entry.billable_id = compared.entry_id
WHERE compared.quantity NOT BETWEEN entry.quantity + compared.less AND entry.quantity + compared.more
ORDER BY entry.contract_id ASC, entry.billable_id ASC
LIMIT :at_most
