-- Purpose: prove that the due rows of each line split the calendar, for everybody and for each customer with rows of their own: what
-- is open then meets exactly one of them, whatever its date.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: one row per line and customer whose rows leave a gap or overlap, ten at most.
-- May be repeated: reads only.
SELECT
    contract_id,
    contract_line_id,
    customer_id
FROM (
    SELECT
        contract_id,
        contract_line_id,
        customer_id,
        takes_after,
        takes_until,
        lag(takes_until) OVER (
            PARTITION BY contract_id, contract_line_id, customer_id ORDER BY takes_after, takes_until
        ) AS taken_until
    FROM invoicing.run_due_row
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
        AND takes_after < takes_until
) AS bounded
GROUP BY contract_id, contract_line_id, customer_id
HAVING
    bool_or(takes_after <> coalesce(taken_until, date '-infinity'))
    OR max(takes_until) <> date 'infinity'
ORDER BY contract_id, contract_line_id, customer_id
LIMIT 10
