-- Rule: what happened to a share: what is billed of it, less what corrections took back; what is written off; and what they gave back
-- that is open.
-- Grain: one row per billed sale and reversal of one, and per part that is open (part_id: its billable); of shares that were billed once.
CREATE OR REPLACE VIEW rules.share_piece AS
SELECT
    p.contract_id,
    p.billable_id AS share_id,
    cast(NULL AS bigint) AS part_id,
    p.quantity,
    p.amount,
    p.tax_amount
FROM invoicing.posting AS p
WHERE
    p.kind = 'billed_sales'
UNION ALL
SELECT
    b.contract_id,
    b.share_id,
    cast(NULL AS bigint) AS part_id,
    p.quantity,
    p.amount,
    p.tax_amount
FROM invoicing.billable AS b
INNER JOIN invoicing.posting AS p ON b.contract_id = p.contract_id AND b.billable_id = p.billable_id
WHERE
    b.share_id IS NOT NULL
    AND p.kind = 'billed_sales'
UNION ALL
SELECT
    b.contract_id,
    b.share_id,
    b.billable_id AS part_id,
    b.quantity,
    b.amount,
    b.tax_amount
FROM invoicing.billable AS b
WHERE
    b.share_id IS NOT NULL
    AND b.source <> 'correction'
    AND b.state = 'open';
