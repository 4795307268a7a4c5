-- Purpose: record the answer to an approval that nobody has answered.
-- Parameters: approval_id, answer, reason (null: none given), change_id.
-- Grain: one row, or none when somebody was faster.
-- May be repeated: what is answered is not touched.
UPDATE invoicing.approval AS a
SET
    answer = cast(:answer AS text),
    answer_change_id = cast(:change_id AS bigint),
    reason = cast(:reason AS text)
WHERE
    a.approval_id = cast(:approval_id AS bigint)
    AND a.answer IS NULL
RETURNING a.approval_id
