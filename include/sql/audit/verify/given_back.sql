-- Purpose: what corrections gave back that no correction took back: each stands in for billed sales of its own customer and source that
-- were reversed, and is the only one that does.
-- Parameters: from_date, to_date (run dates of the invoices that were corrected), at_most.
-- Grain: one row per share that was given back; one of no invoice belongs to every date.
-- May be repeated: reads only.
WITH given_back AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY contract_id, replaces_actual_id) AS replacements
    FROM invoicing.billable
    WHERE
        source <> 'correction'
        AND (replaces_actual_id IS NOT NULL OR part > 1)
)

SELECT
    b.contract_id,
    b.contract_line_id,
    b.billable_id AS actual_id,
    b.transaction_id,
    b.milestone_id,
    format(
        'part %s of the share of customer %s, amount %s, was given back for actual %s, which %s',
        b.part, b.customer_id, b.amount, b.replaces_actual_id,
        CASE
            WHEN replaced.billable_id IS NULL THEN 'is no billed sale of its own'
            WHEN reversal.billable_id IS NULL THEN 'was not taken back'
            ELSE 'was given back ' || cast(b.replacements AS text) || ' times'
        END
    ) AS message
FROM given_back AS b
LEFT JOIN invoicing.posting AS replaced
    ON
        b.contract_id = replaced.contract_id
        AND b.replaces_actual_id = replaced.actual_id
        AND b.customer_id = replaced.customer_id
        AND coalesce(b.transaction_id, '') = coalesce(replaced.transaction_id, '')
        AND coalesce(b.milestone_id, '') = coalesce(replaced.milestone_id, '')
        AND replaced.kind = 'billed_sales'
LEFT JOIN invoicing.posting AS reversal
    ON b.contract_id = reversal.contract_id AND b.replaces_actual_id = reversal.reverses_actual_id
LEFT JOIN invoicing.invoice AS i ON replaced.contract_id = i.contract_id AND replaced.invoice_id = i.invoice_id
WHERE
    coalesce(i.run_date BETWEEN :from_date AND :to_date, TRUE)
    AND (replaced.billable_id IS NULL OR reversal.billable_id IS NULL OR b.replacements > 1)
ORDER BY b.contract_id ASC, b.billable_id ASC
LIMIT :at_most
