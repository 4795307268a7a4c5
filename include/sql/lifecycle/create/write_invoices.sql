-- Purpose: the headers of manual drafts; add_ready and the totals follow.
-- Parameters: contract_ids, run_date (the day of the creation).
-- Grain: one invoice per contract and customer, in the currency of the contract, with anything ready.
-- May be repeated: what an invoice took is not ready any more.
INSERT INTO invoicing.invoice (
    contract_id, invoice_id, customer_id, currency, run_date, origin, version,
    chargeable_amount, non_chargeable_amount, complimentary_amount, tax_amount
)
SELECT
    r.contract_id,
    gen_random_uuid() AS invoice_id,
    r.customer_id,
    c.currency,
    cast(:run_date AS date) AS run_date,
    'manual' AS origin,
    0 AS version,
    0 AS chargeable_amount,
    0 AS non_chargeable_amount,
    0 AS complimentary_amount,
    0 AS tax_amount
FROM (
    SELECT DISTINCT
        contract_id,
        customer_id
    FROM invoicing.ready_actual
    WHERE contract_id = any(cast(:contract_ids AS text[]))
) AS r
INNER JOIN invoicing.project_contract AS c ON r.contract_id = c.contract_id
RETURNING contract_id, invoice_id
