-- Purpose: shares of which more is billed and written off than their source has, since a draft or a correction was raised by hand.
-- Parameters: contract_ids (null: all).
-- Grain: a customer's share.
-- May be repeated: reads only. What was billed as it was is not read.
SELECT
    now.contract_id,
    'billed_beyond_source' AS code,
    'warning' AS severity,
    now.contract_line_id,
    now.customer_id,
    now.transaction_id,
    now.milestone_id,
    cast(NULL AS date) AS subject_date,
    'Of ' || cast(trim_scale(now.quantity) AS text) || ' in the source ' || cast(trim_scale(pieces.quantity) AS text)
    || ' is billed or written off; correct the invoice, or the source.' AS message
FROM rules.share_now AS now
INNER JOIN (
    SELECT
        raised.contract_id,
        raised.share_id,
        sum(piece.quantity) AS quantity
    FROM (
        SELECT DISTINCT
            p.contract_id,
            coalesce(b.share_id, b.billable_id) AS share_id
        FROM invoicing.posting AS p
        INNER JOIN invoicing.billable AS b ON p.contract_id = b.contract_id AND p.billable_id = b.billable_id
        WHERE p.posting = 'rebooked'
    ) AS raised
    INNER JOIN rules.share_piece AS piece
        ON raised.contract_id = piece.contract_id AND raised.share_id = piece.share_id
    GROUP BY raised.contract_id, raised.share_id
) AS pieces ON now.contract_id = pieces.contract_id AND now.share_id = pieces.share_id
WHERE
    abs(pieces.quantity) > abs(now.quantity)
    AND now.source <> 'entry'
    AND (cast(:contract_ids AS text[]) IS NULL OR now.contract_id = any(cast(:contract_ids AS text[])))
