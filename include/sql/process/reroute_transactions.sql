-- Purpose: where the oldest row that admits a transaction is no longer the run's to fill (somebody touched its invoice), send
-- the transaction to the next due row of the line that admits it. What none admits waits, as on_a_draft.
-- Parameters: run_id.
-- Grain: rows of run_selection that wait for a touched invoice.
-- May be repeated: yes.
UPDATE invoicing.run_selection AS s
SET
    reason = 'invoiced',
    run_date = other.run_date,
    already_drafted = other.already_drafted
FROM (
    SELECT DISTINCT ON (w.contract_id, w.actual_id)
        w.contract_id,
        w.actual_id,
        l.run_date,
        coalesce(
            draft.run_date = l.run_date AND draft.customer_id = a.customer_id
            AND (d.quantity, d.unit_price, d.amount, d.tax_amount, d.billing_type)
            = (a.quantity, a.unit_price, a.amount, a.tax_amount, a.billing_type),
            FALSE
        ) AS already_drafted
    FROM (
        SELECT DISTINCT due.contract_id
        FROM invoicing.run_due_line AS due
        INNER JOIN invoicing.touched_invoice AS gone ON due.contract_id = gone.contract_id AND due.run_date = gone.run_date
        WHERE due.run_id = :run_id
    ) AS c
    INNER JOIN invoicing.run_selection AS w ON c.contract_id = w.contract_id
    INNER JOIN invoicing.actual AS a ON w.contract_id = a.contract_id AND w.actual_id = a.actual_id
    INNER JOIN invoicing.run_due_line AS l
        ON
            w.contract_id = l.contract_id
            AND w.contract_line_id = l.contract_line_id
            AND w.run_id = l.run_id
            AND a.transaction_date <= l.transaction_cutoff_date
    LEFT JOIN invoicing.touched_invoice AS t
        ON w.contract_id = t.contract_id AND w.customer_id = t.customer_id AND l.run_date = t.run_date
    LEFT JOIN invoicing.invoice_line_detail AS d ON w.contract_id = d.contract_id AND w.actual_id = d.actual_id
    LEFT JOIN invoicing.untouched_draft AS draft ON d.contract_id = draft.contract_id AND d.invoice_id = draft.invoice_id
    LEFT JOIN invoicing.run_due_line AS held
        ON
            d.contract_id = held.contract_id
            AND d.contract_line_id = held.contract_line_id
            AND draft.run_date = held.run_date
            AND w.run_id = held.run_id
    WHERE
        w.run_id = :run_id
        AND w.reason = 'on_a_draft'
        AND t.invoice_id IS NULL
        AND (d.actual_id IS NULL OR held.contract_id IS NOT NULL)
    ORDER BY w.contract_id, w.actual_id, l.run_date
) AS other
WHERE
    s.run_id = :run_id
    AND s.contract_id = other.contract_id
    AND s.actual_id = other.actual_id
