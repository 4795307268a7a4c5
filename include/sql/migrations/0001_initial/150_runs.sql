-- The run ledger. One row per run; a run that is cleared and run again keeps its row (run_key) and counts its attempts.
-- At most one row is `running`: that row is the lease of the warehouse, held by run_key until lease_until.
CREATE TABLE invoicing.invoice_run (
    run_id integer GENERATED ALWAYS AS IDENTITY,
    run_key text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    trigger text NOT NULL,
    contract_ids text[],
    attempt integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'running',
    step text NOT NULL DEFAULT 'opened',
    lease_until timestamptz NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    due_lines integer NOT NULL DEFAULT 0,
    ready_transactions bigint NOT NULL DEFAULT 0,
    ready_milestones bigint NOT NULL DEFAULT 0,
    ready_amount numeric NOT NULL DEFAULT 0,
    invoices integer NOT NULL DEFAULT 0,
    invoice_lines integer NOT NULL DEFAULT 0,
    details bigint NOT NULL DEFAULT 0,
    chargeable_amount numeric NOT NULL DEFAULT 0,
    quarantined_contracts integer NOT NULL DEFAULT 0,
    skipped_reason text,
    failure text,
    CONSTRAINT pk_invoice_run PRIMARY KEY (run_id),
    CONSTRAINT uq_invoice_run_run_key UNIQUE (run_key),
    CONSTRAINT ck_invoice_run_trigger CHECK (trigger IN ('scheduled', 'manual', 'backfill', 'cli')),
    CONSTRAINT ck_invoice_run_status CHECK (status IN ('running', 'succeeded', 'failed')),
    CONSTRAINT ck_invoice_run_step CHECK (step IN ('opened', 'due', 'ready', 'written', 'closed'))
);

CREATE UNIQUE INDEX uq_invoice_run_running ON invoicing.invoice_run (status)
WHERE status = 'running';

CREATE TABLE invoicing.run_accounting (
    run_id integer NOT NULL,
    reason invoicing.accounting_reason NOT NULL,
    transactions bigint NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT pk_run_accounting PRIMARY KEY (run_id, reason)
);

-- What a step leaves for the next, under the run's key. Emptied when the run closes, or when another run opens.
-- A due line takes the open transactions dated in (takes_after, takes_until]; the intervals of a line's due rows split
-- the calendar, so a transaction meets exactly one of them, the oldest row that admits it.
CREATE TABLE invoicing.run_due_line (
    run_id integer NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    transaction_cutoff_date date NOT NULL,
    takes_after date NOT NULL,
    takes_until date NOT NULL,
    quarantined boolean NOT NULL DEFAULT FALSE,
    CONSTRAINT pk_run_due_line PRIMARY KEY (contract_id, contract_line_id, run_date, run_id)
);

CREATE TABLE invoicing.run_selection (
    run_id integer NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    actual_id bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    reason invoicing.accounting_reason NOT NULL,
    is_milestone boolean NOT NULL,
    already_drafted boolean NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL
);

CREATE TABLE invoicing.run_invoice_line (
    run_id integer NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    invoice_id uuid NOT NULL,
    currency text COLLATE "C" NOT NULL,
    chargeable_amount numeric NOT NULL,
    non_chargeable_amount numeric NOT NULL,
    complimentary_amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    detail_count integer NOT NULL,
    CONSTRAINT pk_run_invoice_line PRIMARY KEY (contract_id, contract_line_id, customer_id, run_date, run_id)
);

-- Open problems of the data. run_date: the run that found it first; detected_at: when.
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
    run_date date NOT NULL,
    detected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_billing_exception_severity CHECK (severity IN ('warning', 'error'))
);

CREATE UNIQUE INDEX uq_billing_exception ON invoicing.billing_exception (
    contract_id, code, contract_line_id, customer_id, transaction_id, milestone_id, subject_date
) NULLS NOT DISTINCT;
