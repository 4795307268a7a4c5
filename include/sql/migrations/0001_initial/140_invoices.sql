-- Proforma invoices. invoice_id is derived from the key of a scheduled invoice, so a repeated day gives the same id.
-- edited_at: set when somebody touches the draft; from then on no run replaces it.
CREATE TABLE invoicing.invoice (
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    run_date date NOT NULL,
    origin text NOT NULL,
    status text NOT NULL DEFAULT 'draft',
    invoice_number text,
    corrects_invoice_id uuid,
    chargeable_amount numeric NOT NULL,
    non_chargeable_amount numeric NOT NULL,
    complimentary_amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    retainer_applied_amount numeric NOT NULL DEFAULT 0,
    total_amount numeric NOT NULL GENERATED ALWAYS AS (chargeable_amount + tax_amount - retainer_applied_amount) STORED,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    confirmed_at timestamptz,
    CONSTRAINT pk_invoice PRIMARY KEY (contract_id, invoice_id),
    CONSTRAINT ck_invoice_origin CHECK (origin IN ('scheduled', 'manual', 'corrective')),
    CONSTRAINT ck_invoice_status CHECK (status IN ('draft', 'in_review', 'confirmed', 'paid'))
);

CREATE UNIQUE INDEX uq_invoice_scheduled ON invoicing.invoice (contract_id, customer_id, currency, run_date)
WHERE origin = 'scheduled';

-- Invoices whose details still hold their actuals: the only ones a run has to look at.
CREATE INDEX ix_invoice_open ON invoicing.invoice (contract_id, run_date)
WHERE status IN ('draft', 'in_review');

CREATE INDEX ix_invoice_run_date ON invoicing.invoice (run_date);

CREATE TABLE invoicing.invoice_line (
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    chargeable_amount numeric NOT NULL,
    non_chargeable_amount numeric NOT NULL,
    complimentary_amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    detail_count integer NOT NULL,
    CONSTRAINT pk_invoice_line PRIMARY KEY (contract_id, invoice_id, contract_line_id)
);

-- The consumed actual is the key: a second live invoice for it is impossible, whoever writes. The only index, since an
-- invoice's details are found by the contract they share with it. Parents are checked by the statement that writes.
CREATE TABLE invoicing.invoice_line_detail (
    contract_id text COLLATE "C" NOT NULL,
    actual_id bigint NOT NULL,
    invoice_id uuid NOT NULL,
    contract_line_id text COLLATE "C" NOT NULL,
    billing_type invoicing.billing_type NOT NULL,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    tax_amount numeric NOT NULL,
    original_quantity numeric,
    description text,
    CONSTRAINT pk_invoice_line_detail PRIMARY KEY (contract_id, actual_id)
);
