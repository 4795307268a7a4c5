-- Purpose: where the shares that are to be evaluated are gathered. is_certain: it was admitted before, and stays so.
-- Parameters: none.
-- Grain: one row per share.
-- May be repeated: once drop_evaluated has dropped the table.
CREATE TEMPORARY TABLE waiting_share (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint NOT NULL,
    is_certain boolean NOT NULL,
    PRIMARY KEY (contract_id, billable_id)
) ON COMMIT DROP
