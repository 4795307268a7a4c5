-- Purpose: claim for corrective drafts the billed sales of the invoices that they correct, each with the values that were billed, so
-- that one is corrected once at a time. A claim that was given up is taken up again; one that stands is left alone.
-- Parameters: contract_ids, invoice_ids (of the corrective drafts, in the same order), detail_ids (of the corrected invoices; null:
-- all), change_id.
-- Grain: one billable per billed sale that no correction has taken up.
-- May be repeated: yes.
INSERT INTO invoicing.billable AS b (
    contract_id, contract_line_id, customer_id, source, transaction_id, milestone_id, part, is_sale, transaction_class,
    transaction_date, quantity, unit_price, amount, tax_amount, billing_type, is_ready, change_id, corrects_actual_id, share_id
)
SELECT
    p.contract_id,
    p.contract_line_id,
    p.customer_id,
    'correction' AS source,
    p.transaction_id,
    p.milestone_id,
    billed.part,
    FALSE AS is_sale,
    p.transaction_class,
    p.transaction_date,
    p.quantity,
    p.unit_price,
    p.amount,
    p.tax_amount,
    p.billing_type,
    TRUE AS is_ready,
    cast(:change_id AS bigint) AS change_id,
    p.actual_id AS corrects_actual_id,
    coalesce(billed.share_id, billed.billable_id) AS share_id
FROM unnest(cast(:contract_ids AS text[]), cast(:invoice_ids AS uuid[])) AS draft (contract_id, invoice_id)
INNER JOIN invoicing.invoice AS i ON draft.contract_id = i.contract_id AND draft.invoice_id = i.invoice_id
INNER JOIN invoicing.posting AS p ON i.contract_id = p.contract_id AND i.corrects_invoice_id = p.invoice_id
INNER JOIN invoicing.billable AS billed ON p.contract_id = billed.contract_id AND p.billable_id = billed.billable_id
WHERE
    p.posting IN ('billed', 'billed_only')
    AND (cast(:detail_ids AS bigint[]) IS NULL OR p.billable_id = any(cast(:detail_ids AS bigint[])))
ON CONFLICT (contract_id, corrects_actual_id) WHERE source = 'correction' DO UPDATE SET
    state = 'open',
    change_id = excluded.change_id
WHERE b.state = 'canceled'
