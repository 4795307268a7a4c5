-- One row per attempt of a run and currency.
CREATE OR REPLACE VIEW analytics.run_amounts AS
SELECT
    attempt.run_id,
    attempt.attempt,
    attempt.run_date,
    attempt.is_latest,
    bucket_sum.currency,
    bucket_sum.ready_amount,
    bucket_sum.chargeable_amount,
    bucket_sum.non_chargeable_amount,
    bucket_sum.complimentary_amount,
    bucket_sum.tax_amount,
    bucket_sum.chargeable_amount + bucket_sum.tax_amount AS total_amount
FROM (
    SELECT
        attempt_id,
        currency,
        sum(ready_amount) AS ready_amount,
        sum(chargeable_amount) AS chargeable_amount,
        sum(non_chargeable_amount) AS non_chargeable_amount,
        sum(complimentary_amount) AS complimentary_amount,
        sum(tax_amount) AS tax_amount
    FROM invoicing.run_amount
    GROUP BY attempt_id, currency
) AS bucket_sum
INNER JOIN rules.attempt AS attempt ON bucket_sum.attempt_id = attempt.attempt_id;

COMMENT ON VIEW analytics.run_amounts IS 'Amounts of the attempts of runs, currency by currency: no amount is ever summed over currencies.';
COMMENT ON COLUMN analytics.run_amounts.run_id IS 'Number of the run.';
COMMENT ON COLUMN analytics.run_amounts.attempt IS 'Which attempt of the run.';
COMMENT ON COLUMN analytics.run_amounts.run_date IS 'Day that was invoiced.';
COMMENT ON COLUMN analytics.run_amounts.is_latest IS 'As in invoice_runs.';
COMMENT ON COLUMN analytics.run_amounts.currency IS 'ISO 4217 code of the amounts.';
COMMENT ON COLUMN analytics.run_amounts.ready_amount IS 'Amount of the unbilled sales actuals that go onto invoices, of every billing type.';
COMMENT ON COLUMN analytics.run_amounts.chargeable_amount IS 'Chargeable amount of the invoices that invoice_runs counts, before tax.';
COMMENT ON COLUMN analytics.run_amounts.non_chargeable_amount IS 'Their non-chargeable amount; not part of the total.';
COMMENT ON COLUMN analytics.run_amounts.complimentary_amount IS 'Their complimentary amount; not part of the total.';
COMMENT ON COLUMN analytics.run_amounts.tax_amount IS 'Tax of their chargeable details.';
COMMENT ON COLUMN analytics.run_amounts.total_amount IS 'chargeable_amount + tax_amount.';
