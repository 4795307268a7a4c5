-- Deterministic volume: :contracts contracts of three lines, a tenth of them with two customers; a third of the lines due on
-- 2026-10-05, each with a row two weeks later; :transactions transactions, 3 % after the cut-off, 2 % not ready. Every choice is a
-- hash of the row's number.
INSERT INTO invoicing.customer (customer_id, name)
SELECT 'K' || lpad(cast(g AS text), 6, '0'), 'Customer' FROM generate_series(1, :contracts + :contracts / 10) AS g;

INSERT INTO invoicing.project_contract (contract_id, name, currency, state)
SELECT 'C' || lpad(cast(g AS text), 5, '0'), 'Contract', 'EUR', 'active' FROM generate_series(1, :contracts) AS g;

INSERT INTO invoicing.contract_line (
    contract_id, contract_line_id, name, billing_method, includes_time, includes_expense, includes_material, includes_fee
)
SELECT 'C' || lpad(cast((g + 2) / 3 AS text), 5, '0'), 'L' || (g + 2) % 3, 'Line', 'time_and_material', TRUE, TRUE, TRUE, TRUE
FROM generate_series(1, 3 * :contracts) AS g;

INSERT INTO invoicing.contract_line_customer (contract_id, contract_line_id, customer_id, split_percent, is_rounding_customer)
SELECT contract_id, contract_line_id, 'K0' || substr(contract_id, 2), 100, TRUE FROM invoicing.contract_line;

INSERT INTO invoicing.schedule_row (contract_id, contract_line_id, run_date, source, cutoff_date)
SELECT s.contract_id, s.contract_line_id, s.run_date + later.days, 'delivered', s.run_date + later.days - 1
FROM (VALUES (0), (14)) AS later (days), (
    SELECT
        'C' || lpad(cast((g + 2) / 3 AS text), 5, '0') AS contract_id,
        'L' || (g + 2) % 3 AS contract_line_id,
        CASE WHEN (hashint8(g + 17) & 2147483647) % 3 = 0 THEN DATE '2026-10-05' ELSE DATE '2026-10-19' END AS run_date
    FROM generate_series(1, 3 * :contracts) AS g
) AS s;

INSERT INTO invoicing.change (action, changed_by, request_key) VALUES ('load', 'benchmark', 'benchmark');

INSERT INTO invoicing.billable (
    contract_id, contract_line_id, customer_id, source, transaction_id, is_sale, transaction_class, billing_type, is_ready,
    transaction_date, quantity, unit_price, amount, tax_amount, change_id
)
SELECT
    'C' || lpad(cast((s.line + 2) / 3 AS text), 5, '0'),
    'L' || (s.line + 2) % 3,
    'K' || lpad(cast(
        CASE WHEN ((s.line + 2) / 3) % 10 = 0 AND s.g % 2 = 0 THEN :contracts + (s.line + 2) / 30 ELSE (s.line + 2) / 3 END
    AS text), 6, '0'),
    'transaction',
    'T' || lpad(cast(s.g AS text), 9, '0'),
    TRUE,
    cast(CASE WHEN s.chance % 4 = 0 THEN 'expense' ELSE 'time' END AS invoicing.transaction_class),
    'chargeable',
    s.chance % 100 NOT IN (50, 51),
    CASE WHEN s.chance % 100 < 3 THEN DATE '2026-10-06' ELSE DATE '2026-09-05' + cast(29 * s.g / :transactions AS integer) END,
    s.quantity,
    s.unit_price,
    round(s.quantity * s.unit_price, 2),
    0,
    c.change_id
FROM (SELECT max(change_id) AS change_id FROM invoicing.change) AS c, (
    SELECT
        g,
        1 + (hashint8(g) & 2147483647) % (3 * :contracts) AS line,
        hashint8(g + 1000000007) & 2147483647 AS chance,
        (1 + g % 32) * 0.25 AS quantity,
        cast(50 + g % 97 AS numeric(18, 2)) AS unit_price
    FROM generate_series(1, cast(:transactions AS bigint)) AS g
) AS s;
