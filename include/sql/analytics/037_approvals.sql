-- One row per approval that a confirmation needed.
CREATE OR REPLACE VIEW analytics.approvals AS
SELECT
    a.approval_id,
    asked.changed_at AS asked_at,
    asked.changed_by AS asked_by,
    answered.changed_at AS answered_at,
    answered.changed_by AS answered_by,
    a.answer,
    a.reason,
    summed.invoices,
    summed.amounts
FROM invoicing.approval AS a
INNER JOIN invoicing.change AS asked ON a.change_id = asked.change_id
INNER JOIN (
    SELECT
        by_currency.approval_id,
        cast(sum(by_currency.invoices) AS bigint) AS invoices,
        jsonb_object_agg(by_currency.currency, by_currency.amount) AS amounts
    FROM (
        SELECT
            approval_id,
            currency,
            count(*) AS invoices,
            sum(abs(total_amount)) AS amount
        FROM invoicing.approval_invoice
        GROUP BY approval_id, currency
    ) AS by_currency
    GROUP BY by_currency.approval_id
) AS summed ON a.approval_id = summed.approval_id
LEFT JOIN invoicing.change AS answered ON a.answer_change_id = answered.change_id;

COMMENT ON VIEW analytics.approvals IS 'Approvals that confirmations of large sums needed: one row per approval asked for.';
COMMENT ON COLUMN analytics.approvals.approval_id IS 'Number of the approval, as invoicing approve and reject take it.';
COMMENT ON COLUMN analytics.approvals.asked_at IS 'When somebody wanted to confirm.';
COMMENT ON COLUMN analytics.approvals.asked_by IS 'Who: the user of the command line, or who triggered the Airflow run.';
COMMENT ON COLUMN analytics.approvals.answered_at IS 'When it was answered; null while it waits.';
COMMENT ON COLUMN analytics.approvals.answered_by IS 'Who answered; null while it waits.';
COMMENT ON COLUMN analytics.approvals.answer IS 'approved or rejected; null while it waits.';
COMMENT ON COLUMN analytics.approvals.reason IS 'Why, in the words of who answered; null where they gave none.';
COMMENT ON COLUMN analytics.approvals.invoices IS 'Number of drafts that it is about, each at the version that it had then.';
COMMENT ON COLUMN analytics.approvals.amounts IS
'Their absolute totals by currency, as {"EUR": 60.00, "USD": 140.00}: a credit counts as much as a bill.';
