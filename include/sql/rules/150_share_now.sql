-- Rule: what a share is by now, which is what a correction starts from and gives back: what its source says; of an entry by hand, what
-- was entered when it was confirmed.
-- Grain: one row per share and per confirmed entry.
CREATE OR REPLACE VIEW rules.share_now AS
SELECT
    known.contract_id,
    known.billable_id AS share_id,
    known.source,
    known.transaction_id,
    known.milestone_id,
    known.customer_id,
    known.contract_line_id,
    known.transaction_class,
    known.transaction_date,
    known.quantity,
    known.unit_price,
    known.amount,
    known.tax_amount,
    known.billing_type,
    known.source_state AS state
FROM rules.source_share AS known
UNION ALL
SELECT
    p.contract_id,
    p.billable_id AS share_id,
    cast('entry' AS invoicing.billable_source) AS source,
    p.transaction_id,
    p.milestone_id,
    p.customer_id,
    p.contract_line_id,
    p.transaction_class,
    p.transaction_date,
    p.quantity,
    p.unit_price,
    p.amount,
    p.tax_amount,
    p.billing_type,
    cast('open' AS invoicing.billable_state) AS state
FROM invoicing.posting AS p
WHERE p.posting = 'entered';
