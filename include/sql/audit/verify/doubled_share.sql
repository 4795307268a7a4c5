-- Purpose: customers who would be billed twice for one transaction or milestone: a second original share of it, or another
-- open share beside the original. After a correction the original is closed, so what replaces it may be open.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per transaction or milestone and customer; one that is on no invoice belongs to every date.
-- May be repeated: reads only.
WITH doubled AS MATERIALIZED (
    SELECT
        contract_id,
        source,
        transaction_id,
        milestone_id,
        customer_id
    FROM invoicing.billable
    WHERE source IN ('transaction', 'milestone')
    GROUP BY contract_id, source, transaction_id, milestone_id, customer_id
    HAVING
        count(*) FILTER (WHERE replaces_actual_id IS NULL) > 1
        OR (
            count(*) FILTER (WHERE state = 'open') > 1
            AND bool_or(replaces_actual_id IS NULL AND state = 'open')
        )
),

other_date AS (
    SELECT
        contract_id,
        invoice_id
    FROM invoicing.invoice
    WHERE run_date NOT BETWEEN :from_date AND :to_date
)

SELECT
    doubled.contract_id,
    doubled.transaction_id,
    doubled.milestone_id,
    doubled.customer_id,
    format(
        'customer %s has %s shares where there can be one: actuals %s, %s in all',
        doubled.customer_id, count(*), string_agg(cast(b.billable_id AS text), ', ' ORDER BY b.billable_id ASC), sum(b.amount)
    ) AS message
FROM doubled
INNER JOIN invoicing.billable AS b
    ON
        doubled.contract_id = b.contract_id
        AND doubled.customer_id = b.customer_id
        AND doubled.source = b.source
        AND coalesce(doubled.transaction_id, doubled.milestone_id) = coalesce(b.transaction_id, b.milestone_id)
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
LEFT JOIN other_date ON d.contract_id = other_date.contract_id AND d.invoice_id = other_date.invoice_id
GROUP BY doubled.contract_id, doubled.transaction_id, doubled.milestone_id, doubled.customer_id
HAVING bool_or(other_date.invoice_id IS NULL)
ORDER BY doubled.contract_id ASC, doubled.transaction_id ASC, doubled.milestone_id ASC, doubled.customer_id ASC
LIMIT :at_most
