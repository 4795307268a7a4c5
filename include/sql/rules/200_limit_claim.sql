-- Rule: what takes room of not-to-exceed limits. Committed: time and material that its limits have admitted, and whatever is on a draft, at
-- the larger of the two amounts; of a correction what comes on top. Invoiced: what is confirmed, milestones too, and what another system
-- invoiced. A milestone is held to the limits of the contract and of its customer when it is confirmed, and takes no room before.
-- Grain: one row per claim and level; contract_line_id and customer_id are '' where the level is for all of them. billable_id: of what is
-- committed.
CREATE OR REPLACE VIEW rules.limit_claim AS
SELECT
    claim.contract_id,
    cast(key.level AS invoicing.limit_level) AS level,
    key.contract_line_id,
    key.customer_id,
    claim.billable_id,
    claim.committed_amount,
    claim.invoiced_amount
FROM (
    SELECT
        b.contract_id,
        b.contract_line_id,
        b.customer_id,
        b.billable_id,
        CASE
            WHEN d.billable_id IS NULL THEN b.amount
            WHEN b.limit_status = 'committed' THEN greatest(b.amount, d.chargeable_amount)
            WHEN b.source = 'correction' THEN greatest(d.chargeable_amount, 0)
            ELSE d.chargeable_amount
        END AS committed_amount,
        cast(0 AS numeric) AS invoiced_amount
    FROM invoicing.billable AS b
    INNER JOIN invoicing.contract_line AS cl
        ON b.contract_id = cl.contract_id AND b.contract_line_id = cl.contract_line_id
    LEFT JOIN rules.detail_amount AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
    WHERE
        b.state = 'open'
        AND cl.billing_method = 'time_and_material'
        AND (b.limit_status = 'committed' OR d.billable_id IS NOT NULL)
    UNION ALL
    SELECT
        i.contract_id,
        line.contract_line_id,
        i.customer_id,
        cast(NULL AS bigint) AS billable_id,
        cast(0 AS numeric) AS committed_amount,
        line.chargeable_amount AS invoiced_amount
    FROM invoicing.invoice AS i
    INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
    WHERE i.status IN ('confirmed', 'paid')
    UNION ALL
    SELECT
        elsewhere.contract_id,
        elsewhere.contract_line_id,
        elsewhere.customer_id,
        cast(NULL AS bigint) AS billable_id,
        cast(0 AS numeric) AS committed_amount,
        elsewhere.amount AS invoiced_amount
    FROM rules.invoiced_elsewhere AS elsewhere
) AS claim
CROSS JOIN LATERAL (
    VALUES
    ('contract_line_customer', claim.contract_line_id, claim.customer_id),
    ('contract_line', claim.contract_line_id, ''),
    ('contract_customer', '', claim.customer_id),
    ('contract', '', '')
) AS key (level, contract_line_id, customer_id);
