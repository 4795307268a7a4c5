-- Purpose: record that somebody asks for an approval.
-- Parameters: change_id, is_known (whether it is known which person asks).
-- Grain: one row in approval.
-- May be repeated: no, each time asks once more.
INSERT INTO invoicing.approval (change_id, is_asker_known)
VALUES (cast(:change_id AS bigint), cast(:is_known AS boolean))
RETURNING approval_id
