-- Purpose: where the transactions and milestones of a load that bill otherwise are brought into one form, so that the
--          statements of shares run once over both. source_id: the id of either. unit_price is null for a milestone, whose
--          parts are of quantity 1 at their amounts. says_status, says_billing_type: the source's own value of it is new.
-- Parameters: none.
-- Grain: one row per transaction or milestone.
-- May be repeated: once a load; the table goes with the transaction.
CREATE TEMPORARY TABLE changed_source (
    source invoicing.billable_source NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    file_line bigint,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    billing_status text NOT NULL,
    says_status boolean NOT NULL,
    says_billing_type boolean NOT NULL
) ON COMMIT DROP
