-- What the source delivered, one row per transaction, as it came; billing reads the narrow actuals instead.
CREATE TABLE invoicing.transaction (
    contract_id text COLLATE "C" NOT NULL,
    transaction_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    description text,
    role_id text COLLATE "C",
    resource_id text COLLATE "C",
    category text,
    unit text,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    billing_status invoicing.billing_status NOT NULL,
    CONSTRAINT pk_transaction PRIMARY KEY (contract_id, transaction_id)
);

-- One row per actual: the share of one customer in a transaction (unbilled sales) or in a milestone, and from
-- confirmation on the billed sales and reversals. Insert-only in a run: nothing here is updated by invoicing a day.
-- recorded_at: when the row last changed what it says, so that a run can tell what was there when it ran.
CREATE TABLE invoicing.actual (
    contract_id text COLLATE "C" NOT NULL,
    actual_id bigint GENERATED ALWAYS AS IDENTITY,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    transaction_id text COLLATE "C",
    milestone_id text COLLATE "C",
    kind invoicing.actual_kind NOT NULL,
    transaction_class invoicing.transaction_class NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    billing_status invoicing.billing_status NOT NULL,
    transaction_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    adjustment_status text,
    reverses_actual_id bigint,
    replaces_actual_id bigint,
    invoice_id uuid,
    CONSTRAINT pk_actual PRIMARY KEY (contract_id, actual_id),
    CONSTRAINT ck_actual_source CHECK (num_nonnulls(transaction_id, milestone_id) <= 1),
    CONSTRAINT ck_actual_adjustment_status CHECK (adjustment_status IN ('adjusted', 'unadjustable'))
);

-- A source has one original share per customer: loading it again finds that share instead of adding a second.
CREATE UNIQUE INDEX uq_actual_transaction_share ON invoicing.actual (contract_id, transaction_id, customer_id)
WHERE kind = 'unbilled_sales' AND reverses_actual_id IS NULL AND replaces_actual_id IS NULL;

CREATE UNIQUE INDEX uq_actual_milestone_share ON invoicing.actual (contract_id, milestone_id, customer_id)
WHERE kind = 'milestone';

-- What is still open: history falls out of it at confirmation, so a run costs what is due and not what was ever billed.
CREATE INDEX ix_actual_open ON invoicing.actual (contract_id, contract_line_id, transaction_date)
WHERE billing_status IN ('unbilled', 'ready_to_invoice');
