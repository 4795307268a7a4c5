-- Purpose: what stands billed at a unit price that a person gave, neither the one that its source had nor the one it has.
-- Parameters: contract_ids (null: all).
-- Grain: billed sale.
-- May be repeated: reads only. What was billed as it was is not read. Distinct, though nothing is doubled: so each is found with its share
-- before it is joined, by both keys. Else every share of a contract is compared with all that is billed otherwise of it.
SELECT
    billed.contract_id,
    'price_changed_by_hand' AS code,
    'warning' AS severity,
    billed.contract_line_id,
    billed.customer_id,
    billed.transaction_id,
    billed.milestone_id,
    billed.accounting_date AS subject_date,
    'Invoice ' || coalesce(i.invoice_number, cast(i.invoice_id AS text)) || ' bills it at '
    || cast(trim_scale(billed.unit_price) AS text) || '; its source says ' || cast(trim_scale(now.unit_price) AS text)
    || '.' AS message
FROM (
    SELECT DISTINCT
        p.contract_id,
        p.billable_id,
        p.invoice_id,
        p.contract_line_id,
        p.customer_id,
        p.transaction_id,
        p.milestone_id,
        p.accounting_date,
        p.unit_price,
        share.billable_id AS share_id
    FROM invoicing.posting AS p
    INNER JOIN invoicing.billable AS b ON p.contract_id = b.contract_id AND p.billable_id = b.billable_id
    INNER JOIN invoicing.billable AS share
        ON p.contract_id = share.contract_id AND coalesce(b.share_id, b.billable_id) = share.billable_id
    LEFT JOIN invoicing.posting AS taken_back
        ON
            p.contract_id = taken_back.contract_id
            AND taken_back.reverses_actual_id = cast(p.billable_id AS text) || '/billed'
    WHERE
        p.posting = 'rebooked'
        AND p.unit_price <> share.unit_price
        AND taken_back.contract_id IS NULL
        AND (cast(:contract_ids AS text[]) IS NULL OR p.contract_id = any(cast(:contract_ids AS text[])))
) AS billed
INNER JOIN rules.share_now AS now ON billed.contract_id = now.contract_id AND billed.share_id = now.share_id
INNER JOIN invoicing.invoice AS i ON billed.contract_id = i.contract_id AND billed.invoice_id = i.invoice_id
WHERE
    billed.unit_price <> now.unit_price
    AND now.source <> 'entry'
