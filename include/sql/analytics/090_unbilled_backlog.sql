-- One row per unbilled sales actual that is on no live invoice.
CREATE OR REPLACE VIEW analytics.unbilled_backlog AS
SELECT
    share.contract_id,
    share.contract_line_id,
    share.customer_id,
    share.transaction_id,
    share.transaction_date,
    cast(share.transaction_class AS text) AS transaction_class,
    share.quantity,
    share.amount,
    c.currency,
    cast(share.billing_type AS text) AS billing_type,
    CASE WHEN share.is_ready THEN 'ready_to_invoice' ELSE 'unbilled' END AS billing_status,
    CASE
        WHEN share.limit_status IS NOT NULL THEN cast(share.limit_status AS text)
        WHEN share.is_limitable AND EXISTS (
            SELECT 1
            FROM rules.contract_limit AS cap
            WHERE
                cap.contract_id = share.contract_id
                AND cap.contract_line_id IN ('', share.contract_line_id)
                AND cap.customer_id IN ('', share.customer_id)
        ) THEN 'not_evaluated'
        ELSE 'not_applicable'
    END AS limit_status,
    cast(share.limit_level AS text) AS limit_level,
    coming.run_date AS next_run_date,
    cast(now() AT TIME ZONE 'UTC' AS date) - share.transaction_date AS age_days
FROM rules.open_billable AS share
INNER JOIN invoicing.project_contract AS c ON share.contract_id = c.contract_id
LEFT JOIN LATERAL (
    SELECT min(pending.run_date) AS run_date
    FROM rules.pending_row AS pending
    WHERE
        pending.contract_id = share.contract_id
        AND pending.contract_line_id = share.contract_line_id
        AND pending.cutoff_date >= share.transaction_date
        AND pending.contract_state = 'active'
        AND pending.source NOT IN ('milestone', 'retainer')
        AND share.is_billed_class
) AS coming ON TRUE
WHERE
    share.is_sale
    AND NOT share.is_held;

COMMENT ON VIEW analytics.unbilled_backlog IS 'Work not yet billed: unbilled sales actuals that no live invoice holds.';
COMMENT ON COLUMN analytics.unbilled_backlog.contract_id IS 'Contract of the actual.';
COMMENT ON COLUMN analytics.unbilled_backlog.contract_line_id IS 'Contract line of the actual.';
COMMENT ON COLUMN analytics.unbilled_backlog.customer_id IS 'Customer whose share it is.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_id IS 'Transaction of the source; null for what was added to an invoice by hand and given back.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_date IS 'Date of the work or the cost.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_class IS 'time, expense, material or fee.';
COMMENT ON COLUMN analytics.unbilled_backlog.quantity IS 'The customer''s share of the quantity, in the unit of the transaction.';
COMMENT ON COLUMN analytics.unbilled_backlog.amount IS 'The customer''s share of the amount, before tax.';
COMMENT ON COLUMN analytics.unbilled_backlog.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN analytics.unbilled_backlog.billing_type IS 'chargeable, non_chargeable or complimentary.';
COMMENT ON COLUMN analytics.unbilled_backlog.billing_status IS 'unbilled (not ready) or ready_to_invoice.';
COMMENT ON COLUMN analytics.unbilled_backlog.limit_status IS 'not_applicable, committed, failed or not_evaluated: whether its limits have room for it.';
COMMENT ON COLUMN analytics.unbilled_backlog.limit_level IS 'Level of the limit that it failed; null otherwise.';
COMMENT ON COLUMN analytics.unbilled_backlog.next_run_date IS 'First date of the line that has not run and whose cut-off admits it; null: none will.';
COMMENT ON COLUMN analytics.unbilled_backlog.age_days IS 'Days since the transaction date, as of today in UTC.';
