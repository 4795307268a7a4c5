-- Rule: the invoice lines that stand for the rows of an attempt once it has written what it selected: those that it writes, and those
-- that it leaves as they are. is_due: of a line that is due; the others are on the same invoices.
-- Grain: one row per attempt and invoice line, or per billing type of one that is written.
CREATE OR REPLACE VIEW rules.foreseen_line AS
SELECT
    rl.attempt_id,
    rl.contract_id,
    rl.invoice_id,
    rl.customer_id,
    rl.run_date,
    rl.contract_line_id,
    CASE rl.billing_type WHEN 'chargeable' THEN rl.amount ELSE 0 END AS chargeable_amount,
    CASE rl.billing_type WHEN 'non_chargeable' THEN rl.amount ELSE 0 END AS non_chargeable_amount,
    CASE rl.billing_type WHEN 'complimentary' THEN rl.amount ELSE 0 END AS complimentary_amount,
    CASE rl.billing_type WHEN 'chargeable' THEN rl.tax_amount ELSE 0 END AS tax_amount,
    rl.billables AS details,
    TRUE AS is_due
FROM invoicing.run_line AS rl
WHERE rl.reason = 'invoiced'
UNION ALL
SELECT
    dated.attempt_id,
    standing.contract_id,
    standing.invoice_id,
    standing.customer_id,
    standing.run_date,
    line.contract_line_id,
    line.chargeable_amount,
    line.non_chargeable_amount,
    line.complimentary_amount,
    line.tax_amount,
    line.detail_count AS details,
    l.attempt_id IS NOT NULL AS is_due
FROM (
    SELECT DISTINCT
        attempt_id,
        contract_id,
        run_date
    FROM invoicing.run_due_row
) AS dated
INNER JOIN invoicing.invoice AS standing
    ON dated.contract_id = standing.contract_id AND dated.run_date = standing.run_date AND standing.origin = 'scheduled'
INNER JOIN invoicing.invoice_line AS line
    ON standing.contract_id = line.contract_id AND standing.invoice_id = line.invoice_id
LEFT JOIN invoicing.run_due_row AS l
    ON
        line.contract_id = l.contract_id
        AND line.contract_line_id = l.contract_line_id
        AND dated.run_date = l.run_date
        AND dated.attempt_id = l.attempt_id
        AND l.customer_id = ''
WHERE NOT (standing.is_run_owned AND coalesce(NOT l.is_quarantined, FALSE));
