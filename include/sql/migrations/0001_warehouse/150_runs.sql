-- The run ledger, on the coordinator of a cluster. One row per attempt of a run; a run that is cleared and run again keeps its
-- run_id and counts its attempts. An attempt has succeeded when each of its buckets is recorded as written.
CREATE TABLE invoicing.invoice_run (
    attempt_id integer GENERATED ALWAYS AS IDENTITY,
    run_id integer NOT NULL,
    run_key text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    run_date date NOT NULL,
    trigger text NOT NULL,
    contract_ids text[],
    status text NOT NULL DEFAULT 'running',
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    due_lines integer NOT NULL DEFAULT 0,
    quarantined_contracts integer NOT NULL DEFAULT 0,
    skipped_reason text,
    failure text,
    CONSTRAINT pk_invoice_run PRIMARY KEY (attempt_id),
    CONSTRAINT uq_invoice_run_attempt UNIQUE (run_key, attempt),
    CONSTRAINT ck_invoice_run_trigger CHECK (trigger IN ('scheduled', 'manual', 'backfill', 'cli')),
    CONSTRAINT ck_invoice_run_status CHECK (status IN ('running', 'succeeded', 'failed'))
);

CREATE INDEX ix_invoice_run_run_date ON invoicing.invoice_run (run_date);

-- One row per bucket of an attempt, a range of slots: what its due lines are (find), what is ready of them (filter), and what stood
-- when it was committed (write). It is how a step knows that what the step before left is all there. contracts_at: the sum of
-- the change ids of all contracts of the slots when they were looked at, which any change of any of them makes larger.
CREATE TABLE invoicing.run_bucket (
    attempt_id integer NOT NULL,
    bucket smallint NOT NULL,
    first_slot smallint NOT NULL,
    last_slot smallint NOT NULL,
    contracts_at numeric NOT NULL,
    due_lines integer NOT NULL,
    selected bigint,
    ready_transactions bigint,
    ready_milestones bigint,
    written_at timestamptz,
    invoices integer,
    invoice_lines integer,
    details bigint,
    invoices_written integer,
    CONSTRAINT pk_run_bucket PRIMARY KEY (attempt_id, bucket),
    CONSTRAINT ck_run_bucket_slots CHECK (0 <= first_slot AND first_slot <= last_slot AND last_slot <= 63)
);

CREATE TABLE invoicing.run_accounting (
    attempt_id integer NOT NULL,
    bucket smallint NOT NULL,
    reason invoicing.accounting_reason NOT NULL,
    currency text COLLATE "C" NOT NULL,
    transactions bigint NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT pk_run_accounting PRIMARY KEY (attempt_id, bucket, reason, currency)
);

CREATE TABLE invoicing.run_amount (
    attempt_id integer NOT NULL,
    bucket smallint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    ready_amount numeric NOT NULL,
    chargeable_amount numeric NOT NULL,
    non_chargeable_amount numeric NOT NULL,
    complimentary_amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    CONSTRAINT pk_run_amount PRIMARY KEY (attempt_id, bucket, currency)
);

-- Private to an attempt, and gone when it closes. Unlogged: what a crash takes is found again, by the counts of run_bucket.
-- A due row takes what is dated in (takes_after, takes_until], and invoices it from oldest_date to cutoff_date; the rows of a line
-- split the calendar, so that everything open meets exactly one of them, the oldest that admits it. A draft that is kept
-- (is_kept) closes its row for its customer: that customer has rows of their own, and is on except_customer_ids of the rows
-- that speak for everybody else (customer_id '').
CREATE UNLOGGED TABLE invoicing.run_due_row (
    attempt_id integer NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL DEFAULT '',
    run_date date NOT NULL,
    cutoff_date date NOT NULL,
    oldest_date date NOT NULL,
    takes_after date NOT NULL,
    takes_until date NOT NULL,
    except_customer_ids text[] COLLATE "C" NOT NULL DEFAULT '{}',
    is_kept boolean NOT NULL DEFAULT FALSE,
    is_quarantined boolean NOT NULL DEFAULT FALSE,
    slot smallint NOT NULL,
    CONSTRAINT pk_run_due_row PRIMARY KEY (contract_id, contract_line_id, run_date, customer_id, attempt_id)
);

CREATE INDEX ix_run_due_row_bucket ON invoicing.run_due_row (attempt_id, slot);

-- What happens to the open shares of the due lines, and why, added up: one row per line, customer, run date, reason, billing type,
-- whether they are milestones, and whether they stand on their draft as they would be written (is_unchanged). invoice_id: of the
-- invoice that the line goes onto. Of what is invoiced, billable_ids lists the shares; of those that are still to be written, the
-- other lists have the values of their details in the same order.
CREATE UNLOGGED TABLE invoicing.run_line (
    attempt_id integer NOT NULL,
    bucket smallint NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    invoice_id uuid,
    run_date date NOT NULL,
    reason invoicing.accounting_reason NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    is_sale boolean NOT NULL,
    is_unchanged boolean NOT NULL,
    billables bigint NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billable_ids bigint[] NOT NULL,
    quantities numeric[] NOT NULL,
    unit_prices numeric[] NOT NULL,
    amounts numeric[] NOT NULL,
    tax_amounts numeric[] NOT NULL
);

-- Read once and dropped: to compress them costs more than it saves.
ALTER TABLE invoicing.run_line ALTER COLUMN billable_ids SET STORAGE EXTERNAL;

ALTER TABLE invoicing.run_line ALTER COLUMN quantities SET STORAGE EXTERNAL;

ALTER TABLE invoicing.run_line ALTER COLUMN unit_prices SET STORAGE EXTERNAL;

ALTER TABLE invoicing.run_line ALTER COLUMN amounts SET STORAGE EXTERNAL;

ALTER TABLE invoicing.run_line ALTER COLUMN tax_amounts SET STORAGE EXTERNAL;

CREATE INDEX ix_run_line_bucket ON invoicing.run_line (attempt_id, bucket, contract_id, invoice_id, contract_line_id);

-- Open problems of the data. run_date: the run that found it first, null where a load did; detected_at: when.
CREATE TABLE invoicing.billing_exception (
    contract_id text COLLATE "C" NOT NULL,
    code text NOT NULL,
    severity text NOT NULL,
    contract_line_id text COLLATE "C",
    customer_id text COLLATE "C",
    transaction_id text COLLATE "C",
    milestone_id text COLLATE "C",
    subject_date date,
    message text NOT NULL,
    run_date date,
    detected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_billing_exception_severity CHECK (severity IN ('warning', 'error'))
);

CREATE UNIQUE INDEX uq_billing_exception ON invoicing.billing_exception (
    contract_id, code, contract_line_id, customer_id, transaction_id, milestone_id, subject_date
) NULLS NOT DISTINCT;
