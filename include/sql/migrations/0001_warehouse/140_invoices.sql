-- Proforma invoices. invoice_id is derived from the key of a scheduled invoice, so a repeated day gives the same id.
-- version: the change that last said something new. is_edited: somebody changed the draft, once and for good. is_run_owned: the
-- drafts that a run derives afresh. contract_name, customer_name: as they were at confirmation. seal: a hash of all that was
-- confirmed, lines, details and postings too, which verify recomputes.
CREATE TABLE invoicing.invoice (
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    origin text NOT NULL,
    status text NOT NULL DEFAULT 'draft',
    is_edited boolean NOT NULL DEFAULT FALSE,
    is_run_owned boolean NOT NULL GENERATED ALWAYS AS (
        origin = 'scheduled' AND status = 'draft' AND NOT is_edited
    ) STORED,
    version bigint NOT NULL,
    invoice_number text COLLATE "C",
    corrects_invoice_id uuid,
    chargeable_amount numeric NOT NULL DEFAULT 0,
    non_chargeable_amount numeric NOT NULL DEFAULT 0,
    complimentary_amount numeric NOT NULL DEFAULT 0,
    tax_amount numeric NOT NULL DEFAULT 0,
    retainer_applied_amount numeric NOT NULL DEFAULT 0,
    total_amount numeric NOT NULL GENERATED ALWAYS AS (chargeable_amount + tax_amount - retainer_applied_amount) STORED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at timestamptz,
    contract_name text,
    customer_name text,
    seal text,
    CONSTRAINT pk_invoice PRIMARY KEY (contract_id, invoice_id),
    CONSTRAINT ck_invoice_origin CHECK (origin IN ('scheduled', 'manual', 'corrective')),
    CONSTRAINT ck_invoice_status CHECK (status IN ('draft', 'in_review', 'confirmed', 'paid'))
);

CREATE UNIQUE INDEX uq_invoice_scheduled ON invoicing.invoice (contract_id, customer_id, currency, run_date)
WHERE origin = 'scheduled';

-- Invoices whose details still hold their billables: the only ones a run has to look at.
CREATE INDEX ix_invoice_open ON invoicing.invoice (contract_id, run_date)
WHERE status IN ('draft', 'in_review');

CREATE INDEX ix_invoice_run_date ON invoicing.invoice (run_date);

-- People name an invoice without its contract.
CREATE INDEX ix_invoice_invoice_id ON invoicing.invoice (invoice_id);

-- contract_line_name, billing_method: as they were at confirmation. is_confirmed stands on the row itself, so that its trigger
-- has no other table to read.
CREATE TABLE invoicing.invoice_line (
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    chargeable_amount numeric NOT NULL,
    non_chargeable_amount numeric NOT NULL,
    complimentary_amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    detail_count integer NOT NULL,
    contract_line_name text,
    billing_method text,
    is_confirmed boolean NOT NULL DEFAULT FALSE,
    CONSTRAINT pk_invoice_line PRIMARY KEY (contract_id, invoice_id, contract_line_id)
);

-- The consumed billable is the key: a second live invoice for it is impossible, no matter who writes. Parents are checked by the
-- statement that writes. description, role_id, resource_id: what was written on the detail itself, or sealed at confirmation;
-- until then the source says them.
CREATE TABLE invoicing.invoice_line_detail (
    contract_id text COLLATE "C" NOT NULL,
    billable_id bigint NOT NULL,
    invoice_id uuid NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    original_quantity numeric,
    description text,
    role_id text COLLATE "C",
    resource_id text COLLATE "C",
    is_confirmed boolean NOT NULL DEFAULT FALSE,
    CONSTRAINT pk_invoice_line_detail PRIMARY KEY (contract_id, billable_id)
)
-- A detail is written once more, when it is confirmed: beside itself, so that no index is.
WITH (fillfactor = 50);

-- Not led by the contract: else a plan that knows nothing of the table may look for one billable among all of its contract.
CREATE INDEX ix_invoice_line_detail_invoice ON invoicing.invoice_line_detail (invoice_id);

-- One row per number given, whatever the pattern of its series. Stays on the coordinator of a cluster.
CREATE TABLE invoicing.invoice_number (
    invoice_number text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    number_in_series bigint NOT NULL,
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    change_id bigint NOT NULL,
    CONSTRAINT pk_invoice_number PRIMARY KEY (invoice_number),
    CONSTRAINT uq_invoice_number_series UNIQUE (series, number_in_series)
);

-- What a change did to invoices: one row per invoice, or per detail and field.
CREATE TABLE invoicing.invoice_change (
    contract_id text COLLATE "C" NOT NULL,
    invoice_change_id bigint GENERATED ALWAYS AS IDENTITY,
    change_id bigint NOT NULL,
    invoice_id uuid NOT NULL,
    action text NOT NULL,
    contract_line_id text COLLATE "C",
    billable_id bigint,
    field text,
    old_value text,
    new_value text,
    CONSTRAINT pk_invoice_change PRIMARY KEY (contract_id, invoice_change_id),
    CONSTRAINT ck_invoice_change_action CHECK (
        action IN (
            'created', 'detail_changed', 'detail_added', 'detail_removed', 'in_review', 'back_to_draft',
            'deleted', 'confirmed', 'paid'
        )
    )
);

CREATE INDEX ix_invoice_change_invoice ON invoicing.invoice_change (contract_id, invoice_id);

CREATE INDEX ix_invoice_change_change ON invoicing.invoice_change (change_id);
