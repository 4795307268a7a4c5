-- Purpose: hold what was counted against the open unbilled sales of the due lines, looked up anew: every one is accounted for
-- exactly once, to the cent.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one row per contract line that differs, ten at most.
-- May be repeated: reads only.
SELECT
    open_sales.contract_id,
    open_sales.contract_line_id,
    open_sales.transactions,
    open_sales.amount,
    coalesce(counted.transactions, 0) AS counted_transactions,
    coalesce(counted.amount, 0) AS counted_amount
FROM (
    SELECT
        b.contract_id,
        b.contract_line_id,
        count(*) AS transactions,
        sum(b.amount) AS amount
    FROM (
        SELECT DISTINCT
            contract_id,
            contract_line_id
        FROM invoicing.run_due_row
        WHERE
            attempt_id = :attempt_id
            AND slot BETWEEN :first_slot AND :last_slot
    ) AS due
    INNER JOIN invoicing.billable AS b
        ON due.contract_id = b.contract_id AND due.contract_line_id = b.contract_line_id
    WHERE
        b.state = 'open'
        AND b.is_sale
    GROUP BY b.contract_id, b.contract_line_id
) AS open_sales
FULL JOIN (
    SELECT
        contract_id,
        contract_line_id,
        sum(billables) AS transactions,
        sum(amount) AS amount
    FROM invoicing.run_line
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
        AND is_sale
    GROUP BY contract_id, contract_line_id
) AS counted
    ON open_sales.contract_id = counted.contract_id AND open_sales.contract_line_id = counted.contract_line_id
WHERE
    (open_sales.transactions, open_sales.amount) IS DISTINCT FROM (counted.transactions, counted.amount)
ORDER BY 1, 2
LIMIT 10
