-- Purpose: which of the customers that were named have a share in anything of contracts.
-- Parameters: contract_ids, customer_ids.
-- Grain: one row per customer.
-- May be repeated: reads only.
SELECT lc.customer_id
FROM invoicing.contract_line_customer AS lc
WHERE
    lc.contract_id = any(cast(:contract_ids AS text[]))
    AND lc.customer_id = any(cast(:customer_ids AS text[]))
UNION
SELECT b.customer_id
FROM invoicing.billable AS b
WHERE
    b.contract_id = any(cast(:contract_ids AS text[]))
    AND b.customer_id = any(cast(:customer_ids AS text[]))
    AND b.state = 'open'
