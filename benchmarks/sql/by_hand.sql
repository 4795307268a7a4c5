-- The same day by hand, with nothing of the package: one staging table, three inserts, both parents of the details checked in
-- one statement each. No ledger, no reasons, no proof, no repeating. In tables of its own, in one transaction.
CREATE TEMPORARY TABLE due ON COMMIT DROP AS
SELECT b.contract_id, b.billable_id, b.contract_line_id, b.customer_id, b.billing_type, b.quantity, b.unit_price, b.amount, b.tax_amount
FROM invoicing.schedule_row AS s
INNER JOIN invoicing.billable AS b
    ON s.contract_id = b.contract_id AND s.contract_line_id = b.contract_line_id AND s.cutoff_date >= b.transaction_date
WHERE
    s.run_date = DATE '2026-10-05'
    AND b.state = 'open'
    AND b.is_ready
    AND NOT EXISTS (
        SELECT FROM by_hand.invoice_line_detail AS d WHERE d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    );

ANALYZE due;

INSERT INTO by_hand.invoice (contract_id, invoice_id, customer_id, amount)
SELECT contract_id, cast(md5(contract_id || customer_id) AS uuid), customer_id, sum(amount) FROM due GROUP BY contract_id, customer_id;

INSERT INTO by_hand.invoice_line (contract_id, invoice_id, contract_line_id, amount)
SELECT contract_id, cast(md5(contract_id || customer_id) AS uuid), contract_line_id, sum(amount)
FROM due
GROUP BY contract_id, customer_id, contract_line_id;

INSERT INTO by_hand.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT d.contract_id, d.billable_id, i.invoice_id, d.contract_line_id, d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount
FROM due AS d
INNER JOIN by_hand.invoice AS i ON d.contract_id = i.contract_id AND d.customer_id = i.customer_id;

SELECT 1 / cast(count(*) = 0 AS integer) AS every_detail_has_its_billable
FROM by_hand.invoice_line_detail AS d
LEFT JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
WHERE b.billable_id IS NULL;

SELECT 1 / cast(count(*) = 0 AS integer) AS every_detail_has_its_line
FROM by_hand.invoice_line_detail AS d
LEFT JOIN by_hand.invoice_line AS l
    ON d.contract_id = l.contract_id AND d.invoice_id = l.invoice_id AND d.contract_line_id = l.contract_line_id
WHERE l.invoice_id IS NULL;
