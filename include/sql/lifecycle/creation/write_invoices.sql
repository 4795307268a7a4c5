-- Purpose: the headers of manual drafts; their details and totals follow.
-- Parameters: contract_ids, run_date (the day of the creation), change_id (reads ready_share).
-- Grain: one invoice per contract and customer, in the currency of the contract, with anything ready.
-- May be repeated: what an invoice took is not ready any more.
INSERT INTO invoicing.invoice (contract_id, invoice_id, customer_id, currency, run_date, origin, version)
SELECT
    ready.contract_id,
    gen_random_uuid() AS invoice_id,
    ready.customer_id,
    c.currency,
    cast(:run_date AS date) AS run_date,
    'manual' AS origin,
    cast(:change_id AS bigint) AS version
FROM (
    SELECT DISTINCT
        share.contract_id,
        share.customer_id
    FROM pg_temp.ready_share AS share
    WHERE share.contract_id = any(cast(:contract_ids AS text[]))
) AS ready
INNER JOIN invoicing.project_contract AS c ON ready.contract_id = c.contract_id
RETURNING contract_id, invoice_id
