-- Rule: what of a confirmed invoice never changes, as text: all that it shows, and what it posted. The seal is a hash of it, so another
-- column here is another seal for every invoice. Dates are days since the year 2000 and moments seconds, since their text follows
-- the session that asks.
-- Grain: one row per invoice.
CREATE OR REPLACE VIEW rules.invoice_content AS
SELECT
    i.contract_id,
    i.invoice_id,
    cast(
        row(
            i.contract_id, i.invoice_id, i.customer_id, i.currency, i.run_date - date '2000-01-01', i.origin, i.invoice_number,
            i.corrects_invoice_id, i.chargeable_amount, i.non_chargeable_amount, i.complimentary_amount, i.tax_amount,
            i.retainer_applied_amount, i.contract_name, i.customer_name, extract(EPOCH FROM i.created_at),
            extract(EPOCH FROM i.confirmed_at)
        ) AS text
    ) AS content
FROM invoicing.invoice AS i;

-- Grain: one row per invoice line.
CREATE OR REPLACE VIEW rules.invoice_line_content AS
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    cast(
        row(
            line.contract_line_id, line.contract_line_name, line.billing_method, line.chargeable_amount,
            line.non_chargeable_amount, line.complimentary_amount, line.tax_amount, line.detail_count
        ) AS text
    ) AS content
FROM invoicing.invoice_line AS line;

-- Grain: one row per invoice line detail.
CREATE OR REPLACE VIEW rules.detail_content AS
SELECT
    d.contract_id,
    d.invoice_id,
    d.billable_id,
    cast(
        row(
            d.billable_id, d.contract_line_id, b.transaction_id, b.milestone_id, b.transaction_class,
            b.transaction_date - date '2000-01-01', d.billing_type, d.quantity, d.unit_price, d.amount, d.tax_amount,
            d.original_quantity, d.description, d.role_id, d.resource_id
        ) AS text
    ) AS content
FROM invoicing.invoice_line_detail AS d
LEFT JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id;

-- Grain: one row per posting.
CREATE OR REPLACE VIEW rules.posting_content AS
SELECT
    p.contract_id,
    p.invoice_id,
    p.billable_id,
    p.posting,
    cast(
        row(
            p.billable_id, p.posting, p.kind, p.contract_line_id, p.customer_id, p.currency, p.transaction_id, p.milestone_id,
            p.transaction_class, p.transaction_date - date '2000-01-01', p.accounting_date - date '2000-01-01', p.billing_type,
            p.quantity, p.unit_price, p.amount, p.tax_amount, p.reverses_actual_id, p.replaces_actual_id
        ) AS text
    ) AS content
FROM invoicing.posting AS p;

-- Rule: the seal of an invoice as it is now. Each invoice is read by itself, so to ask for a few costs what these few hold.
-- Grain: one row per invoice.
CREATE OR REPLACE VIEW rules.invoice_seal AS
SELECT
    header.contract_id,
    header.invoice_id,
    md5(header.content || coalesce(lines.content, '') || coalesce(details.content, '') || coalesce(postings.content, '')) AS seal
FROM rules.invoice_content AS header
LEFT JOIN LATERAL (
    SELECT string_agg(line.content, '' ORDER BY line.contract_line_id) AS content
    FROM rules.invoice_line_content AS line
    WHERE
        header.contract_id = line.contract_id
        AND header.invoice_id = line.invoice_id
) AS lines ON TRUE
LEFT JOIN LATERAL (
    SELECT string_agg(detail.content, '' ORDER BY detail.billable_id) AS content
    FROM rules.detail_content AS detail
    WHERE
        header.contract_id = detail.contract_id
        AND header.invoice_id = detail.invoice_id
) AS details ON TRUE
LEFT JOIN LATERAL (
    SELECT string_agg(posted.content, '' ORDER BY posted.billable_id ASC, posted.posting ASC) AS content
    FROM rules.posting_content AS posted
    WHERE
        header.contract_id = posted.contract_id
        AND header.invoice_id = posted.invoice_id
) AS postings ON TRUE;
