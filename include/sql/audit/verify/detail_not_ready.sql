-- Purpose: details of drafts whose source they cannot bill: a share that is not ready, canceled or billed; of a correction, what is
-- not billed sales of the invoice it corrects, or was taken back before. A load may have taken the readiness away since an
-- unedited draft was written, and at any time from an edited one or from a line whose row another system has run by now, which no
-- run derives afresh; what is billed was billed here.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
WITH draft AS (
    SELECT
        contract_id,
        invoice_id,
        origin,
        corrects_invoice_id,
        run_date,
        is_edited,
        version
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND status IN ('draft', 'in_review')
),

run_elsewhere AS (
    SELECT DISTINCT
        contract_id,
        contract_line_id,
        run_date
    FROM invoicing.schedule_row
    WHERE
        run_status = 'run_successful'
        AND ran_at IS NULL
        AND run_date BETWEEN :from_date AND :to_date
),

compared AS (
    SELECT
        d.contract_id,
        d.invoice_id,
        d.contract_line_id,
        d.billable_id AS detail_id,
        b.transaction_id,
        b.milestone_id,
        d.amount,
        b.source,
        b.state,
        b.is_ready,
        i.origin,
        i.corrects_invoice_id,
        corrected.invoice_id AS corrected_invoice_id,
        reversal.billable_id IS NOT NULL AS is_taken_back,
        CASE
            WHEN i.origin = 'corrective'
                THEN
                    b.state <> 'open'
                    OR reversal.billable_id IS NOT NULL
                    OR (corrected.invoice_id = i.corrects_invoice_id) IS NOT TRUE
            WHEN b.source = 'correction' OR b.state = 'billed' THEN TRUE
            ELSE
                (b.state <> 'open' OR NOT b.is_ready)
                AND NOT i.is_edited
                AND b.change_id <= i.version
                AND NOT (i.origin = 'scheduled' AND elsewhere.run_date IS NOT NULL)
        END AS is_wrong
    FROM draft AS i
    INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
    INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
    LEFT JOIN run_elsewhere AS elsewhere
        ON
            d.contract_id = elsewhere.contract_id
            AND d.contract_line_id = elsewhere.contract_line_id
            AND i.run_date = elsewhere.run_date
    LEFT JOIN invoicing.posting AS corrected
        ON
            b.contract_id = corrected.contract_id
            AND b.corrects_actual_id = corrected.actual_id
            AND corrected.posting IN ('billed', 'billed_only')
    LEFT JOIN invoicing.posting AS reversal
        ON b.contract_id = reversal.contract_id AND b.corrects_actual_id = reversal.reverses_actual_id
)

SELECT
    contract_id,
    invoice_id,
    contract_line_id,
    detail_id,
    transaction_id,
    milestone_id,
    CASE
        WHEN origin = 'corrective'
            THEN
                format(
                    'a detail of %s is on a correction of invoice %s and claims billed sales of invoice %s, %s, with a claim that is %s',
                    amount, corrects_invoice_id, corrected_invoice_id,
                    CASE WHEN is_taken_back THEN 'adjusted' ELSE 'not adjusted' END, state
                )
        WHEN state = 'open' AND is_ready THEN format('a detail of %s is on a draft and its actual is a %s', amount, source)
        ELSE
            format(
                'a detail of %s is on a draft and its actual is %s, not ready_to_invoice',
                amount, CASE WHEN state = 'open' THEN 'unbilled' ELSE cast(state AS text) END
            )
    END AS message
FROM compared
WHERE is_wrong
ORDER BY contract_id ASC, detail_id ASC
LIMIT :at_most
