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

-- What can go on an invoice: one customer's share of a transaction or a milestone, an entry made by hand, what a correction gave
-- back, and the claim of a corrective detail on what it corrects. Mutable while open, and only by a load, a mark or a change of
-- its invoice; the daily run reads it and writes nothing here.
-- part: 1 is the share as it came; the next are what corrections gave back of it. is_sale: it is an unbilled sales actual, which
-- a milestone, an entry on a draft and a correction are not. change_id: the change that last said something new of it.
-- replaces_actual_id, accounting_date: of what a correction gave back. corrects_actual_id: the actual that a correction claims.
-- share_id: of a correction and of what one gave back, the billable that it all began with, a share or an entry; part: of a
-- correction that of the billable that was billed.
-- split_percent, is_rounding_share: how the source was split when it was first recorded, null where it names its customer.
-- limit_status: what the not-to-exceed limits made of it, null where none applies or it was not evaluated; of a failed one limit_level,
-- limit_amount and limit_used are the limit that had no room, and what of it was committed or invoiced then.
CREATE TABLE invoicing.billable (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint GENERATED ALWAYS AS IDENTITY,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    source invoicing.billable_source NOT NULL,
    transaction_id text COLLATE "C",
    milestone_id text COLLATE "C",
    part smallint NOT NULL DEFAULT 1,
    is_sale boolean NOT NULL,
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    state invoicing.billable_state NOT NULL DEFAULT 'open',
    is_ready boolean NOT NULL,
    change_id bigint NOT NULL,
    replaces_actual_id text COLLATE "C",
    accounting_date date,
    corrects_actual_id text COLLATE "C",
    share_id bigint,
    split_percent numeric,
    is_rounding_share boolean,
    limit_status invoicing.limit_status,
    limit_level invoicing.limit_level,
    limit_amount numeric,
    limit_used numeric,
    CONSTRAINT pk_billable PRIMARY KEY (contract_id, billable_id),
    CONSTRAINT ck_billable_limit CHECK (
        CASE
            WHEN limit_status = 'failed' THEN num_nulls(limit_level, limit_amount, limit_used) = 0
            ELSE num_nonnulls(limit_level, limit_amount, limit_used) = 0
        END
    ),
    CONSTRAINT ck_billable_origin CHECK (num_nonnulls(transaction_id, milestone_id) <= 1),
    CONSTRAINT ck_billable_correction CHECK ((source = 'correction') = (corrects_actual_id IS NOT NULL))
);

-- A source has one share per customer and part: loading it again finds that share instead of adding a second.
CREATE UNIQUE INDEX uq_billable_transaction ON invoicing.billable (contract_id, transaction_id, customer_id, part)
WHERE source = 'transaction';

CREATE UNIQUE INDEX uq_billable_milestone ON invoicing.billable (contract_id, milestone_id, customer_id, part)
WHERE source = 'milestone';

-- An actual is claimed by one correction at a time, and corrected once.
CREATE UNIQUE INDEX uq_billable_correction ON invoicing.billable (contract_id, corrects_actual_id)
WHERE source = 'correction';

-- What happened to a share is found without reading what was ever corrected.
CREATE INDEX ix_billable_share ON invoicing.billable (contract_id, share_id)
WHERE share_id IS NOT NULL;

-- What is still open: history falls out of it at confirmation, so a run costs what is due and not what was ever billed.
CREATE INDEX ix_billable_open ON invoicing.billable (contract_id, contract_line_id, transaction_date)
WHERE state = 'open';

-- What another system invoiced counts for limits and sums, and is found without reading what was billed here.
CREATE INDEX ix_billable_billed_elsewhere ON invoicing.billable (contract_id)
WHERE state = 'billed_elsewhere';

-- What the source says by now of a share that was billed before, which stays as it was billed. state: open, canceled (also where
-- the customer has no share any more) or billed_elsewhere.
CREATE TABLE invoicing.later_share (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    state invoicing.billable_state NOT NULL,
    split_percent numeric,
    is_rounding_share boolean,
    change_id bigint NOT NULL,
    CONSTRAINT pk_later_share PRIMARY KEY (contract_id, billable_id)
);

-- What a draft took of a share whose source has changed since. A confirmation closes the share as it was taken, and records the source
-- beside it, as for one that was billed before: what came later is neither billed nor written off. It goes with its detail.
CREATE TABLE invoicing.taken_share (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    change_id bigint NOT NULL,
    CONSTRAINT pk_taken_share PRIMARY KEY (contract_id, billable_id)
);

-- The sales actuals that a confirmation writes, by the rules of rules.posting_rule. Append-only without exception; whether one was
-- adjusted since follows from the postings that reverse or replace it. It carries every id that people read, since on Citus a
-- union of billables and postings cannot be joined with anything.
CREATE TABLE invoicing.posting (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint NOT NULL,
    posting text COLLATE "C" NOT NULL,
    actual_id text COLLATE "C" NOT NULL GENERATED ALWAYS AS (cast(billable_id AS text) || '/' || posting) STORED,
    kind invoicing.actual_kind NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    transaction_id text COLLATE "C",
    milestone_id text COLLATE "C",
    transaction_class invoicing.transaction_class NOT NULL,
    transaction_date date NOT NULL,
    accounting_date date NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    reverses_actual_id text COLLATE "C",
    replaces_actual_id text COLLATE "C",
    change_id bigint NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (contract_id, billable_id, posting)
);

-- What was billed otherwise than its source says is found without reading what was billed as it was.
CREATE INDEX ix_posting_rebooked ON invoicing.posting (contract_id, billable_id)
WHERE posting = 'rebooked';

-- An actual is taken back at most once, no matter who writes.
CREATE UNIQUE INDEX uq_posting_reverses ON invoicing.posting (contract_id, reverses_actual_id)
WHERE reverses_actual_id IS NOT NULL;

CREATE INDEX ix_posting_invoice ON invoicing.posting (contract_id, invoice_id);
