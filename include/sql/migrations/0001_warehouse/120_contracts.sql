-- What a contract says. Distributed by contract_id, which therefore stands in every key. slot: one of 64, by which contracts
-- are locked and a day is divided into buckets. change_id: the last change of anything of the contract, its backlog and invoices
-- included, by which a run knows whether somebody worked meanwhile.
CREATE TABLE invoicing.project_contract (
    contract_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    currency text COLLATE "C" NOT NULL,
    state text NOT NULL,
    not_to_exceed_limit numeric,
    slot smallint NOT NULL GENERATED ALWAYS AS (abs(mod(hashtextextended(contract_id, 0), 64))) STORED,
    change_id bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_project_contract PRIMARY KEY (contract_id),
    CONSTRAINT ck_project_contract_state CHECK (state IN ('draft', 'on_hold', 'active', 'closed'))
);

CREATE TABLE invoicing.contract_customer (
    contract_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    is_primary boolean NOT NULL,
    not_to_exceed_limit numeric,
    payment_terms_days integer,
    CONSTRAINT pk_contract_customer PRIMARY KEY (contract_id, customer_id)
);

-- billed_classes: what may go onto an invoice of the line.
CREATE TABLE invoicing.contract_line (
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    billing_method text NOT NULL,
    contracted_amount numeric,
    includes_time boolean NOT NULL,
    includes_expense boolean NOT NULL,
    includes_material boolean NOT NULL,
    includes_fee boolean NOT NULL,
    billing_start_date date,
    billing_end_date date,
    invoice_frequency_id text COLLATE "C",
    not_to_exceed_limit numeric,
    project_id text COLLATE "C",
    billed_classes invoicing.transaction_class[] NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN billing_method = 'fixed_price' THEN ARRAY[cast('milestone' AS invoicing.transaction_class)]
            ELSE array_remove(
                ARRAY[
                    CASE WHEN includes_time THEN cast('time' AS invoicing.transaction_class) END,
                    CASE WHEN includes_expense THEN cast('expense' AS invoicing.transaction_class) END,
                    CASE WHEN includes_material THEN cast('material' AS invoicing.transaction_class) END,
                    CASE WHEN includes_fee THEN cast('fee' AS invoicing.transaction_class) END
                ],
                NULL
            )
        END
    ) STORED,
    CONSTRAINT pk_contract_line PRIMARY KEY (contract_id, contract_line_id),
    CONSTRAINT ck_contract_line_billing_method CHECK (billing_method IN ('time_and_material', 'fixed_price'))
);

CREATE TABLE invoicing.contract_line_customer (
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    split_percent numeric NOT NULL,
    is_rounding_customer boolean NOT NULL,
    not_to_exceed_limit numeric,
    CONSTRAINT pk_contract_line_customer PRIMARY KEY (contract_id, contract_line_id, customer_id),
    CONSTRAINT ck_contract_line_customer_split_percent CHECK (split_percent BETWEEN 0 AND 100)
);

-- What another system had invoiced to a customer on a line by a day, its own transactions and milestones up to that day included.
CREATE TABLE invoicing.opening_balance (
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    invoiced_amount numeric NOT NULL,
    as_of date NOT NULL,
    CONSTRAINT pk_opening_balance PRIMARY KEY (contract_id, contract_line_id, customer_id)
);

-- Every date on which a line is due, whatever it comes from; source_id names the milestone or the retainer. cutoff_date: the last
-- date that is taken, inclusive. What our own runs took says so: attempt_id is the attempt that took it, ran_for the run date
-- of that run, which differs from run_date where a missed day was caught up. A row that came in as run_successful was run by
-- another system (ran_at is null) and is never run here. source_cutoff_date, source_run_status: what the source said last, which
-- a row with an edited or confirmed invoice does not follow.
CREATE TABLE invoicing.schedule_row (
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    source invoicing.schedule_source NOT NULL,
    source_id text COLLATE "C" NOT NULL DEFAULT '',
    cutoff_date date NOT NULL,
    run_status invoicing.run_status NOT NULL DEFAULT 'not_run',
    attempt_id integer,
    ran_for date,
    ran_at timestamptz,
    source_cutoff_date date,
    source_run_status invoicing.run_status,
    CONSTRAINT pk_schedule_row PRIMARY KEY (contract_id, contract_line_id, run_date, source, source_id)
);

CREATE INDEX ix_schedule_row_run_date ON invoicing.schedule_row (run_date);

-- What a run caught up of the days before it.
CREATE INDEX ix_schedule_row_caught_up ON invoicing.schedule_row (ran_for) WHERE ran_for <> run_date;

-- A row that has run falls out of it: what was missed is found without reading what ever ran.
CREATE INDEX ix_schedule_row_pending ON invoicing.schedule_row (run_date) WHERE run_status <> 'run_successful';

-- What the source delivered; its shares are billables, its date is a schedule row.
CREATE TABLE invoicing.milestone (
    contract_id text COLLATE "C" NOT NULL,
    milestone_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    name text NOT NULL,
    milestone_date date NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    billing_status text NOT NULL,
    CONSTRAINT pk_milestone PRIMARY KEY (contract_id, milestone_id),
    CONSTRAINT ck_milestone_billing_status CHECK (billing_status IN ('not_ready', 'ready_to_invoice', 'invoice_posted'))
);

CREATE TABLE invoicing.retainer (
    contract_id text COLLATE "C" NOT NULL,
    retainer_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    description text NOT NULL,
    invoice_date date NOT NULL,
    amount numeric NOT NULL,
    billing_status text NOT NULL,
    CONSTRAINT pk_retainer PRIMARY KEY (contract_id, retainer_id),
    CONSTRAINT ck_retainer_billing_status CHECK (billing_status IN ('not_ready', 'ready_to_invoice'))
);
