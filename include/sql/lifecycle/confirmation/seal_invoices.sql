-- Purpose: seal what the chosen invoices say with a hash, which verify recomputes: from here on nothing is written into them.
-- Parameters: none.
-- Grain: the chosen invoices.
-- May be repeated: no, a sealed invoice refuses it.
-- Computed before the update, which on Citus takes nothing whose text depends on a session.
WITH sealed AS MATERIALIZED (
    SELECT
        now.contract_id,
        now.invoice_id,
        now.seal
    FROM pg_temp.chosen_invoice AS chosen
    INNER JOIN rules.invoice_seal AS now ON chosen.contract_id = now.contract_id AND chosen.invoice_id = now.invoice_id
)

UPDATE invoicing.invoice AS i
SET seal = sealed.seal
FROM sealed
WHERE
    i.contract_id = sealed.contract_id
    AND i.invoice_id = sealed.invoice_id
