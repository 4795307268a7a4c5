-- One row per coming run date, contract and currency: what is there to be billed on it, and what its lines are usually billed. Each piece of
-- open work comes with the first row of its line whose cut-off admits it, as a run takes it.
CREATE OR REPLACE VIEW analytics.forecast AS
WITH coming AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        currency,
        max(cutoff_date) AS cutoff_date
    FROM rules.pending_row
    WHERE contract_state = 'active'
    GROUP BY contract_id, contract_line_id, run_date, currency
),

-- Of a line by date, so that what is open is read once, and its run date looked for once a day.
waiting AS (
    SELECT
        contract_id,
        contract_line_id,
        transaction_date,
        is_sale,
        sum(CASE WHEN is_ready AND limit_status IS DISTINCT FROM 'failed' THEN amount ELSE 0 END) AS ready_amount,
        sum(CASE WHEN is_ready AND limit_status IS DISTINCT FROM 'failed' THEN 0 ELSE amount END) AS not_ready_amount
    FROM rules.open_billable
    WHERE
        is_billed_class
        AND NOT is_held
        AND billing_type = 'chargeable'
    GROUP BY contract_id, contract_line_id, transaction_date, is_sale
),

dated AS (
    SELECT
        waiting.contract_id,
        waiting.contract_line_id,
        waiting.is_sale,
        waiting.ready_amount,
        waiting.not_ready_amount,
        min(coming.run_date) AS run_date
    FROM waiting
    INNER JOIN coming
        ON
            waiting.contract_id = coming.contract_id
            AND waiting.contract_line_id = coming.contract_line_id
            AND CASE
                WHEN waiting.is_sale THEN waiting.transaction_date <= coming.cutoff_date
                ELSE waiting.transaction_date = coming.run_date
            END
    GROUP BY
        waiting.contract_id, waiting.contract_line_id, waiting.transaction_date, waiting.is_sale,
        waiting.ready_amount, waiting.not_ready_amount
),

worth AS (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        sum(CASE WHEN is_sale THEN ready_amount ELSE 0 END) AS ready_amount,
        sum(CASE WHEN is_sale THEN not_ready_amount ELSE 0 END) AS not_ready_amount,
        sum(CASE WHEN is_sale THEN 0 ELSE ready_amount + not_ready_amount END) AS milestone_amount
    FROM dated
    GROUP BY contract_id, contract_line_id, run_date
),

-- All customers of a line together, the last six run dates on which it was billed.
usual AS (
    SELECT
        contract_id,
        contract_line_id,
        avg(chargeable_amount) AS typical_amount
    FROM (
        SELECT
            i.contract_id,
            line.contract_line_id,
            sum(line.chargeable_amount) AS chargeable_amount,
            row_number() OVER (PARTITION BY i.contract_id, line.contract_line_id ORDER BY i.run_date DESC) AS nth
        FROM invoicing.invoice AS i
        INNER JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
        WHERE
            i.origin = 'scheduled'
            AND i.status IN ('confirmed', 'paid')
        GROUP BY i.contract_id, line.contract_line_id, i.run_date
    ) AS billed
    WHERE nth <= 6
    GROUP BY contract_id, contract_line_id
)

SELECT
    coming.run_date,
    coming.contract_id,
    coming.currency,
    count(*) AS due_lines,
    coalesce(sum(worth.ready_amount), 0) AS ready_amount,
    coalesce(sum(worth.not_ready_amount), 0) AS not_ready_amount,
    coalesce(sum(worth.milestone_amount), 0) AS milestone_amount,
    rules.rounded(sum(usual.typical_amount), cu.decimals) AS typical_amount
FROM coming
INNER JOIN invoicing.currency AS cu ON coming.currency = cu.currency
LEFT JOIN worth
    ON
        coming.contract_id = worth.contract_id
        AND coming.contract_line_id = worth.contract_line_id
        AND coming.run_date = worth.run_date
LEFT JOIN usual ON coming.contract_id = usual.contract_id AND coming.contract_line_id = usual.contract_line_id
GROUP BY coming.run_date, coming.contract_id, coming.currency, cu.decimals;

COMMENT ON VIEW analytics.forecast IS 'Run dates to come, and what there is to be billed on them. Amounts are chargeable, before tax.';
COMMENT ON COLUMN analytics.forecast.run_date IS 'Date on which lines are due; one of a day past has been missed.';
COMMENT ON COLUMN analytics.forecast.contract_id IS 'Contract of the lines.';
COMMENT ON COLUMN analytics.forecast.currency IS 'ISO 4217 code of the amounts.';
COMMENT ON COLUMN analytics.forecast.due_lines IS 'Lines of the contract that are due on the date.';
COMMENT ON COLUMN analytics.forecast.ready_amount IS 'Open work that the date is the first to admit, ready, and within its limits.';
COMMENT ON COLUMN analytics.forecast.not_ready_amount IS 'Open work that the date is the first to admit, not ready, or beyond a limit.';
COMMENT ON COLUMN analytics.forecast.milestone_amount IS 'Milestones of the date that are not billed, ready or not.';
COMMENT ON COLUMN analytics.forecast.typical_amount IS 'Average of what its lines were billed on their last six confirmed run dates; null where none is.';
