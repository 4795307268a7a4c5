-- The same day by hand, with nothing of the package: one staging table, three inserts, both parents of the details checked in
-- one statement each. No ledger, no reasons, no proof, no repeating. In tables of its own, in one transaction.
CREATE TEMPORARY TABLE due ON COMMIT DROP AS
SELECT a.contract_id, a.actual_id, a.contract_line_id, a.customer_id, a.billing_type, a.quantity, a.unit_price, a.amount, a.tax_amount
FROM invoicing.invoice_schedule AS s
INNER JOIN invoicing.actual AS a
    ON s.contract_id = a.contract_id AND s.contract_line_id = a.contract_line_id AND s.transaction_cutoff_date >= a.transaction_date
WHERE
    s.run_date = DATE '2026-10-05'
    AND a.billing_status = 'ready_to_invoice'
    AND NOT EXISTS (
        SELECT FROM by_hand.invoice_line_detail AS d WHERE d.contract_id = a.contract_id AND d.actual_id = a.actual_id
    );

ANALYZE due;

INSERT INTO by_hand.invoice (contract_id, invoice_id, customer_id, amount)
SELECT contract_id, cast(md5(contract_id || customer_id) AS uuid), customer_id, sum(amount) FROM due GROUP BY contract_id, customer_id;

INSERT INTO by_hand.invoice_line (contract_id, invoice_id, contract_line_id, amount)
SELECT contract_id, cast(md5(contract_id || customer_id) AS uuid), contract_line_id, sum(amount)
FROM due
GROUP BY contract_id, customer_id, contract_line_id;

INSERT INTO by_hand.invoice_line_detail (
    contract_id, actual_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT d.contract_id, d.actual_id, i.invoice_id, d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount
FROM due AS d
INNER JOIN by_hand.invoice AS i ON d.contract_id = i.contract_id AND d.customer_id = i.customer_id;

SELECT 1 / cast(count(*) = 0 AS integer) AS every_detail_has_its_actual
FROM by_hand.invoice_line_detail AS d
LEFT JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
WHERE a.actual_id IS NULL;

SELECT 1 / cast(count(*) = 0 AS integer) AS every_detail_has_its_line
FROM by_hand.invoice_line_detail AS d
LEFT JOIN by_hand.invoice_line AS l
    ON d.contract_id = l.contract_id AND d.invoice_id = l.invoice_id AND d.contract_line_id = l.contract_line_id
WHERE l.invoice_id IS NULL;
