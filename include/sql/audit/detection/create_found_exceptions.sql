-- Purpose: a place for the problems that the statements in audit/exceptions find.
-- Parameters: none.
-- Grain: one temporary table, gone at the end of the transaction.
-- May be repeated: once a transaction.
CREATE TEMPORARY TABLE found_exception (
    contract_id text COLLATE "C" NOT NULL,
    code text NOT NULL,
    severity text NOT NULL,
    contract_line_id text COLLATE "C",
    customer_id text COLLATE "C",
    transaction_id text COLLATE "C",
    milestone_id text COLLATE "C",
    subject_date date,
    message text NOT NULL
) ON COMMIT DROP
