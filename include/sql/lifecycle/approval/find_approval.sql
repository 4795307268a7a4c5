-- Purpose: an approval as it stands, with what decides who may answer it and whether a request has done so already.
-- Parameters: approval_id.
-- Grain: at most one row.
-- May be repeated: reads only.
SELECT
    told.approval_id,
    told.asked_at,
    told.asked_by,
    told.answered_at,
    told.answered_by,
    told.answer,
    told.reason,
    told.invoices,
    told.amounts,
    a.is_asker_known,
    ch.request_key AS answer_request_key
FROM analytics.approvals AS told
INNER JOIN invoicing.approval AS a ON told.approval_id = a.approval_id
LEFT JOIN invoicing.change AS ch ON a.answer_change_id = ch.change_id
WHERE told.approval_id = cast(:approval_id AS bigint)
