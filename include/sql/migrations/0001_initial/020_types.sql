-- Closed lists of the field. Enums take four bytes a row where the tables are large, and refuse what is not on the list.
CREATE TYPE invoicing.transaction_class AS ENUM ('time', 'expense', 'material', 'fee', 'milestone');

CREATE TYPE invoicing.billing_type AS ENUM ('chargeable', 'non_chargeable', 'complimentary');

-- `invoice_created` is not stored: an actual is on a live invoice exactly when an invoice line detail consumes it.
CREATE TYPE invoicing.billing_status AS ENUM ('unbilled', 'ready_to_invoice', 'invoice_posted', 'canceled');

-- A milestone's share stands among the actuals as well, so that one key says of everything billable who consumed it.
CREATE TYPE invoicing.actual_kind AS ENUM ('unbilled_sales', 'billed_sales', 'milestone');

CREATE TYPE invoicing.run_status AS ENUM ('not_run', 'run_successful', 'run_failed');

CREATE TYPE invoicing.accounting_reason AS ENUM (
    'invoiced', 'after_cutoff', 'not_ready', 'class_not_included', 'on_a_draft', 'not_to_exceed', 'quarantined'
);
