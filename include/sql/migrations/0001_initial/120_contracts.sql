-- What a contract says. Distributed by contract_id, which therefore stands in every key.
CREATE TABLE invoicing.project_contract (
    contract_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    currency text COLLATE "C" NOT NULL,
    state text NOT NULL,
    not_to_exceed_limit numeric,
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

-- ran_at is set by our own runs only: a row that came in as run_successful was run elsewhere and is never run again.
CREATE TABLE invoicing.invoice_schedule (
    contract_id text COLLATE "C" NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    transaction_cutoff_date date,
    run_status invoicing.run_status NOT NULL DEFAULT 'not_run',
    ran_at timestamptz,
    CONSTRAINT pk_invoice_schedule PRIMARY KEY (contract_id, contract_line_id, run_date)
);

CREATE INDEX ix_invoice_schedule_run_date ON invoicing.invoice_schedule (run_date);

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
    run_status invoicing.run_status NOT NULL DEFAULT 'not_run',
    ran_at timestamptz,
    CONSTRAINT pk_milestone PRIMARY KEY (contract_id, milestone_id),
    CONSTRAINT ck_milestone_billing_status CHECK (billing_status IN ('not_ready', 'ready_to_invoice'))
);

CREATE INDEX ix_milestone_milestone_date ON invoicing.milestone (milestone_date);

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
