-- Purpose: the actuals that the confirmation of invoices writes, by the tables of docs/invoice-life.md. Of each detail,
-- `handling` says what happened to it, and `rule` what that writes: what it consumed (`source`), what it bills (`detail`) and
-- what is left between the two (`rest`), once or as a reversal.
-- Parameters: contract_ids, invoice_ids, recorded_at.
-- Grain: none to seven actuals per detail.
-- May be repeated: no; the invoices are confirmed in the same transaction.
INSERT INTO invoicing.actual (
    actual_id, contract_id, contract_line_id, customer_id, transaction_id, milestone_id, kind, transaction_class, billing_type,
    billing_status, transaction_date, quantity, unit_price, amount, tax_amount, recorded_at, adjustment_status,
    reverses_actual_id, replaces_actual_id, invoice_id, posting, detail_id
)
OVERRIDING SYSTEM VALUE
WITH rule (handling, posting, kind, part, sign, reverses, replaces) AS (
    VALUES
    -- A draft that bills its source as it was.
    ('unedited', 'reversal', 'unbilled_sales', 'source', -1, 'source', NULL),
    ('unedited', 'billed', 'billed_sales', 'detail', 1, NULL, 'source'),
    -- One that bills it otherwise: by quantity, price, amount or billing type.
    ('edited', 'reversal', 'unbilled_sales', 'source', -1, 'source', NULL),
    ('edited', 'rebooked', 'unbilled_sales', 'detail', 1, NULL, 'source'),
    ('edited', 'rebooked_reversal', 'unbilled_sales', 'detail', -1, 'rebooked', NULL),
    ('edited', 'billed', 'billed_sales', 'detail', 1, NULL, 'rebooked'),
    -- What a draft bills less of is written off.
    ('reduced', 'reversal', 'unbilled_sales', 'source', -1, 'source', NULL),
    ('reduced', 'rebooked', 'unbilled_sales', 'detail', 1, NULL, 'source'),
    ('reduced', 'rebooked_reversal', 'unbilled_sales', 'detail', -1, 'rebooked', NULL),
    ('reduced', 'billed', 'billed_sales', 'detail', 1, NULL, 'rebooked'),
    ('reduced', 'written_off', 'unbilled_sales', 'rest', 1, NULL, 'source'),
    ('reduced', 'written_off_reversal', 'unbilled_sales', 'rest', -1, 'written_off', NULL),
    ('reduced', 'written_off_billed', 'billed_sales', 'rest', 1, NULL, 'written_off'),
    ('reduced_to_nothing', 'reversal', 'unbilled_sales', 'source', -1, 'source', NULL),
    ('reduced_to_nothing', 'written_off', 'unbilled_sales', 'rest', 1, NULL, 'source'),
    ('reduced_to_nothing', 'written_off_reversal', 'unbilled_sales', 'rest', -1, 'written_off', NULL),
    ('reduced_to_nothing', 'written_off_billed', 'billed_sales', 'rest', 1, NULL, 'written_off'),
    -- What was added by hand has been nothing before.
    ('by_hand', 'reversal', 'unbilled_sales', 'detail', -1, 'source', NULL),
    ('by_hand', 'billed', 'billed_sales', 'detail', 1, NULL, 'source'),
    -- Milestones, and what was added to a fixed-price line, have no unbilled sales.
    ('fixed_price', 'billed_only', 'billed_sales', 'detail', 1, NULL, NULL),
    -- A correction takes back what was billed, and leaves what it bills less of to be billed again.
    ('credited', 'reversal', 'billed_sales', 'source', -1, 'source', NULL),
    ('credited', 'remainder', 'unbilled_sales', 'source', 1, NULL, 'source'),
    ('lowered', 'reversal', 'billed_sales', 'source', -1, 'source', NULL),
    ('lowered', 'rebooked', 'unbilled_sales', 'detail', 1, NULL, 'source'),
    ('lowered', 'rebooked_reversal', 'unbilled_sales', 'detail', -1, 'rebooked', NULL),
    ('lowered', 'billed', 'billed_sales', 'detail', 1, NULL, 'rebooked'),
    ('lowered', 'remainder', 'unbilled_sales', 'rest', 1, NULL, 'source'),
    ('corrected', 'reversal', 'billed_sales', 'source', -1, 'source', NULL),
    ('corrected', 'rebooked', 'unbilled_sales', 'detail', 1, NULL, 'source'),
    ('corrected', 'rebooked_reversal', 'unbilled_sales', 'detail', -1, 'rebooked', NULL),
    ('corrected', 'billed', 'billed_sales', 'detail', 1, NULL, 'rebooked'),
    ('credited_milestone', 'reversal', 'billed_sales', 'source', -1, 'source', NULL),
    ('credited_milestone', 'ready_again', 'milestone', 'source', 1, NULL, 'source'),
    ('credited_fixed_price', 'reversal', 'billed_sales', 'source', -1, 'source', NULL)
),

compared AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.actual_id AS detail_id,
        u.decimals,
        d.billing_type,
        d.quantity,
        d.unit_price,
        s.contract_line_id,
        s.customer_id,
        s.transaction_id,
        s.milestone_id,
        s.transaction_class,
        s.transaction_date,
        s.billing_type AS source_billing_type,
        s.quantity AS source_quantity,
        s.unit_price AS source_unit_price,
        s.amount AS source_amount,
        s.tax_amount AS source_tax_amount,
        d.amount + CASE WHEN i.origin = 'corrective' THEN s.amount ELSE 0 END AS amount,
        d.tax_amount + CASE WHEN i.origin = 'corrective' THEN s.tax_amount ELSE 0 END AS tax_amount,
        CASE
            WHEN i.origin <> 'corrective' AND s.kind = 'milestone' THEN 'fixed_price'
            WHEN i.origin <> 'corrective' AND s.kind = 'added' AND cl.billing_method = 'fixed_price' THEN 'fixed_price'
            WHEN i.origin <> 'corrective' AND s.kind = 'added' THEN 'by_hand'
            WHEN
                i.origin <> 'corrective'
                AND (d.quantity, d.unit_price, d.amount, d.billing_type)
                = (s.quantity, s.unit_price, s.amount, s.billing_type) THEN 'unedited'
            WHEN i.origin <> 'corrective' AND abs(d.quantity) >= abs(s.quantity) THEN 'edited'
            WHEN
                i.origin <> 'corrective'
                AND (d.quantity, d.amount, d.tax_amount) = (0, 0, 0) THEN 'reduced_to_nothing'
            WHEN i.origin <> 'corrective' THEN 'reduced'
            WHEN s.transaction_class = 'milestone' THEN 'credited_milestone'
            WHEN s.posting = 'billed_only' THEN 'credited_fixed_price'
            -- Tax may be right where no quantity is; and a lump sum, which has none, may stay as it was.
            WHEN (d.quantity, d.amount, d.tax_amount) = (0, -s.amount, -s.tax_amount) THEN 'credited'
            WHEN abs(d.quantity) >= abs(s.quantity) THEN 'corrected'
            WHEN s.transaction_class = 'fee' AND d.quantity <> 0 THEN 'corrected'
            ELSE 'lowered'
        END AS handling
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.currency AS u ON i.currency = u.currency
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.contract_line AS cl
        ON d.contract_id = cl.contract_id AND d.contract_line_id = cl.contract_line_id
    INNER JOIN invoicing.actual AS s ON d.contract_id = s.contract_id AND d.actual_id = s.actual_id
    WHERE
        i.contract_id = any(cast(:contract_ids AS text[]))
        AND i.invoice_id = any(cast(:invoice_ids AS uuid[]))
),

valued AS (
    SELECT
        c.*,
        c.source_amount - CASE
            WHEN c.source_amount = round(c.source_quantity * c.source_unit_price, c.decimals)
                THEN round(c.quantity * c.source_unit_price, c.decimals)
            WHEN c.source_quantity <> 0
                THEN round(c.source_amount * c.quantity / c.source_quantity, c.decimals)
        END AS rest_amount,
        c.source_tax_amount - CASE
            WHEN c.source_quantity <> 0
                THEN round(c.source_tax_amount * c.quantity / c.source_quantity, c.decimals)
        END AS rest_tax_amount
    FROM compared AS c
),

posted AS (
    SELECT
        nextval('invoicing.actual_actual_id_seq') AS actual_id,
        v.contract_id,
        v.invoice_id,
        v.detail_id,
        v.contract_line_id,
        v.customer_id,
        v.transaction_id,
        v.milestone_id,
        v.transaction_class,
        v.transaction_date,
        r.posting,
        r.kind,
        r.sign,
        r.reverses,
        r.replaces,
        CASE
            WHEN r.part = 'detail' THEN v.billing_type
            WHEN r.posting IN ('written_off', 'written_off_reversal', 'written_off_billed') THEN 'non_chargeable'
            ELSE v.source_billing_type
        END AS billing_type,
        CASE WHEN r.part = 'detail' THEN v.unit_price ELSE v.source_unit_price END AS unit_price,
        r.sign * CASE r.part
            WHEN 'source' THEN v.source_quantity WHEN 'detail' THEN v.quantity ELSE v.source_quantity - v.quantity
        END AS quantity,
        r.sign * CASE r.part
            WHEN 'source' THEN v.source_amount WHEN 'detail' THEN v.amount ELSE v.rest_amount
        END AS amount,
        r.sign * CASE r.part
            WHEN 'source' THEN v.source_tax_amount WHEN 'detail' THEN v.tax_amount ELSE v.rest_tax_amount
        END AS tax_amount
    FROM valued AS v
    INNER JOIN rule AS r ON v.handling = r.handling
    ORDER BY v.contract_id ASC, v.invoice_id ASC, v.detail_id ASC, cast(r.posting AS invoicing.posting) ASC
)

SELECT
    p.actual_id,
    p.contract_id,
    p.contract_line_id,
    p.customer_id,
    p.transaction_id,
    p.milestone_id,
    cast(p.kind AS invoicing.actual_kind) AS kind,
    p.transaction_class,
    p.billing_type,
    cast(CASE p.posting
        WHEN 'remainder' THEN 'unbilled' WHEN 'ready_again' THEN 'ready_to_invoice' ELSE 'invoice_posted'
    END AS invoicing.billing_status) AS billing_status,
    p.transaction_date,
    p.quantity,
    p.unit_price,
    p.amount,
    p.tax_amount,
    cast(:recorded_at AS timestamptz) AS recorded_at,
    CASE WHEN p.sign < 0 THEN 'unadjustable' END AS adjustment_status,
    CASE p.reverses
        WHEN 'source' THEN p.detail_id
        WHEN 'rebooked' THEN max(p.actual_id) FILTER (WHERE p.posting = 'rebooked') OVER detail
        WHEN 'written_off' THEN max(p.actual_id) FILTER (WHERE p.posting = 'written_off') OVER detail
    END AS reverses_actual_id,
    CASE p.replaces
        WHEN 'source' THEN p.detail_id
        WHEN 'rebooked' THEN max(p.actual_id) FILTER (WHERE p.posting = 'rebooked') OVER detail
        WHEN 'written_off' THEN max(p.actual_id) FILTER (WHERE p.posting = 'written_off') OVER detail
    END AS replaces_actual_id,
    CASE WHEN p.posting NOT IN ('remainder', 'ready_again') THEN p.invoice_id END AS invoice_id,
    cast(p.posting AS invoicing.posting) AS posting,
    p.detail_id
FROM posted AS p
WINDOW detail AS (PARTITION BY p.contract_id, p.detail_id)
