-- number_in_series: invoice_number is made of it by the pattern of its series. content_hash: of what was confirmed.
ALTER TABLE invoicing.invoice ADD COLUMN number_series text;

ALTER TABLE invoicing.invoice ADD COLUMN number_in_series bigint;

ALTER TABLE invoicing.invoice ADD COLUMN content_hash text;

-- People name an invoice without its contract.
CREATE INDEX ix_invoice_invoice_id ON invoicing.invoice (invoice_id);

CREATE INDEX ix_invoice_invoice_number ON invoicing.invoice (invoice_number) WHERE invoice_number IS NOT NULL;

-- Said on the row itself, so that its trigger has no other table to read.
ALTER TABLE invoicing.invoice_line ADD COLUMN confirmed boolean NOT NULL DEFAULT FALSE;

ALTER TABLE invoicing.invoice_line_detail ADD COLUMN confirmed boolean NOT NULL DEFAULT FALSE;

-- Of a detail that was added by hand; the others have them from their transaction.
ALTER TABLE invoicing.invoice_line_detail ADD COLUMN role_id text COLLATE "C";

ALTER TABLE invoicing.invoice_line_detail ADD COLUMN resource_id text COLLATE "C";

-- The last number given in each series; a batch takes all of its numbers at once.
CREATE TABLE invoicing.invoice_number_series (
    series text COLLATE "C" NOT NULL,
    last_number bigint NOT NULL,
    CONSTRAINT pk_invoice_number_series PRIMARY KEY (series)
);

-- What people did to invoices: one row per invoice, or per detail and field. request_key: of the command or task that did it,
-- so that one which is tried again finds what it has done.
CREATE TABLE invoicing.invoice_change (
    contract_id text COLLATE "C" NOT NULL,
    change_id bigint GENERATED ALWAYS AS IDENTITY,
    invoice_id uuid NOT NULL,
    version integer NOT NULL,
    action text NOT NULL,
    contract_line_id text COLLATE "C",
    detail_id bigint,
    field text,
    old_value text,
    new_value text,
    changed_by text NOT NULL,
    request_key text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_invoice_change PRIMARY KEY (contract_id, change_id),
    CONSTRAINT ck_invoice_change_action CHECK (
        action IN (
            'created', 'detail_changed', 'detail_added', 'detail_removed', 'in_review', 'back_to_draft',
            'deleted', 'confirmed', 'paid'
        )
    )
);

CREATE INDEX ix_invoice_change_invoice ON invoicing.invoice_change (contract_id, invoice_id);

CREATE INDEX ix_invoice_change_request ON invoicing.invoice_change (request_key);
