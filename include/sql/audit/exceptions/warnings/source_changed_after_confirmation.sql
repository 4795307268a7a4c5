-- Purpose: what was billed, written off and is open of a share, where its source says something else since it was billed.
-- Parameters: contract_ids (null: all).
-- Grain: a customer's share.
-- May be repeated: reads only.
SELECT
    now.contract_id,
    'source_changed_after_confirmation' AS code,
    'warning' AS severity,
    now.contract_line_id,
    now.customer_id,
    now.transaction_id,
    now.milestone_id,
    cast(NULL AS date) AS subject_date,
    'The source says ' || cast(trim_scale(now.quantity) AS text) || ' x ' || cast(trim_scale(now.unit_price) AS text) || ' = '
    || cast(now.amount AS text) || CASE WHEN now.source_state = 'canceled' THEN ', canceled,' ELSE '' END || ' now; '
    || cast(trim_scale(pieces.quantity) AS text) || ' for ' || cast(pieces.amount AS text)
    || ' is billed, written off or open; correct the invoice that billed it.' AS message
FROM rules.source_share AS now
INNER JOIN (
    SELECT
        ls.contract_id,
        ls.billable_id,
        sum(piece.quantity) AS quantity,
        sum(piece.amount) AS amount,
        sum(piece.tax_amount) AS tax_amount
    FROM invoicing.later_share AS ls
    INNER JOIN rules.share_piece AS piece ON ls.contract_id = piece.contract_id AND ls.billable_id = piece.share_id
    GROUP BY ls.contract_id, ls.billable_id
) AS pieces ON now.contract_id = pieces.contract_id AND now.billable_id = pieces.billable_id
WHERE
    CASE
        WHEN now.source_state = 'canceled' THEN (pieces.quantity, pieces.amount, pieces.tax_amount) <> (0, 0, 0)
        ELSE (pieces.quantity, pieces.amount, pieces.tax_amount) <> (now.quantity, now.amount, now.tax_amount)
    END
    AND (cast(:contract_ids AS text[]) IS NULL OR now.contract_id = any(cast(:contract_ids AS text[])))
