-- Purpose: what invoices bill of milestones and other fixed-price work, which is held to the limits of the contract and of its customer
-- when it is confirmed.
-- Parameters: invoice_ids.
-- Grain: one row per invoice that bills such work under such a limit, in the order in which they take room.
-- May be repeated: reads only. What is materialized would be made anew for every invoice, if few were expected.
WITH asked AS MATERIALIZED (
    SELECT
        i.contract_id,
        i.invoice_id,
        i.customer_id,
        i.run_date
    FROM invoicing.invoice AS i
    WHERE
        i.invoice_id = any(cast(:invoice_ids AS uuid[]))
        AND EXISTS (
            SELECT 1
            FROM rules.contract_limit AS cap
            WHERE
                cap.contract_id = i.contract_id
                AND cap.contract_line_id = ''
                AND cap.customer_id IN ('', i.customer_id)
        )
)

SELECT
    asked.contract_id,
    asked.invoice_id,
    asked.customer_id,
    sum(d.chargeable_amount) AS amount
FROM asked
INNER JOIN rules.detail_amount AS d ON asked.contract_id = d.contract_id AND asked.invoice_id = d.invoice_id
INNER JOIN invoicing.contract_line AS cl
    ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
WHERE cl.billing_method = 'fixed_price'
GROUP BY asked.contract_id, asked.invoice_id, asked.customer_id, asked.run_date
HAVING sum(d.chargeable_amount) <> 0
ORDER BY asked.contract_id ASC, asked.run_date ASC, asked.customer_id ASC, asked.invoice_id ASC
