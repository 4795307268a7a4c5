-- Small tables that a distributed warehouse copies to every node.
CREATE TABLE invoicing.currency (
    currency text COLLATE "C" NOT NULL,
    decimals smallint NOT NULL,
    CONSTRAINT pk_currency PRIMARY KEY (currency)
);

CREATE TABLE invoicing.customer (
    customer_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    CONSTRAINT pk_customer PRIMARY KEY (customer_id)
);

CREATE TABLE invoicing.invoice_frequency (
    invoice_frequency_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    period text NOT NULL,
    run_days text NOT NULL,
    CONSTRAINT pk_invoice_frequency PRIMARY KEY (invoice_frequency_id),
    CONSTRAINT ck_invoice_frequency_period CHECK (period IN ('weekly', 'biweekly', 'monthly'))
);

CREATE TABLE invoicing.role (
    role_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    target_utilization_percent numeric,
    CONSTRAINT pk_role PRIMARY KEY (role_id)
);

CREATE TABLE invoicing.resource (
    resource_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    default_role_id text COLLATE "C" NOT NULL,
    target_utilization_percent numeric,
    CONSTRAINT pk_resource PRIMARY KEY (resource_id)
);

CREATE TABLE invoicing.resource_capacity (
    resource_id text COLLATE "C" NOT NULL,
    date date NOT NULL,
    capacity_hours numeric NOT NULL,
    CONSTRAINT pk_resource_capacity PRIMARY KEY (resource_id, date)
);

-- Who did what, when, for which request: a run, a load, a mark, an edit, a confirmation. Its id is the version of whatever it
-- changed, so that a version always changes and never returns. A request that is tried again bears the same key and finds what
-- it has done; `attempt` counts its tries that still found something to do.
CREATE TABLE invoicing.change (
    change_id bigint GENERATED ALWAYS AS IDENTITY,
    action text NOT NULL,
    changed_by text NOT NULL,
    request_key text COLLATE "C" NOT NULL,
    attempt integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pk_change PRIMARY KEY (change_id),
    CONSTRAINT uq_change_request UNIQUE (request_key, attempt)
);
