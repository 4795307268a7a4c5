-- Purpose: whether an entry by hand may be added to a line: a time-and-material line takes what it bills, a fixed-price line anything.
-- Parameters: contract_id, contract_line_id, transaction_class.
-- Grain: at most one row; none where the contract has no such line.
-- May be repeated: reads only.
SELECT
    cl.billing_method = 'fixed_price'
    OR cast(:transaction_class AS invoicing.transaction_class) = any(cl.billed_classes) AS takes_class
FROM invoicing.contract_line AS cl
WHERE
    cl.contract_id = :contract_id
    AND cl.contract_line_id = cast(:contract_line_id AS text)
