-- Closed lists of the field. Enums take four bytes a row where the tables are large, and refuse what is not on the list.
-- invoicing.vocabulary holds the same lists for Python; a test compares the two.
CREATE TYPE invoicing.transaction_class AS ENUM ('time', 'expense', 'material', 'fee', 'milestone');

CREATE TYPE invoicing.billing_type AS ENUM ('chargeable', 'non_chargeable', 'complimentary');

-- What a source says of a transaction. What is on an invoice is not stored here: an invoice line detail says that.
CREATE TYPE invoicing.billing_status AS ENUM ('unbilled', 'ready_to_invoice', 'invoice_posted', 'canceled');

-- What a billable stems from. `entry`: added to a draft by hand; `correction`: a corrective detail's claim on what it corrects.
CREATE TYPE invoicing.billable_source AS ENUM ('transaction', 'milestone', 'retainer', 'entry', 'correction');

-- `billed_elsewhere`: another system invoiced it, and its source may still say otherwise.
CREATE TYPE invoicing.billable_state AS ENUM ('open', 'billed', 'billed_elsewhere', 'canceled');

CREATE TYPE invoicing.actual_kind AS ENUM ('unbilled_sales', 'billed_sales');

CREATE TYPE invoicing.schedule_source AS ENUM ('delivered', 'generated', 'manual', 'milestone', 'retainer');

CREATE TYPE invoicing.run_status AS ENUM ('not_run', 'run_successful', 'run_failed');

-- Levels of not-to-exceed limits, in the order in which they are tested.
CREATE TYPE invoicing.limit_level AS ENUM ('contract_line_customer', 'contract_line', 'contract_customer', 'contract');

-- What the limits made of a share when it was evaluated.
CREATE TYPE invoicing.limit_status AS ENUM ('committed', 'failed');

-- Why an open billable of a due line is, or is not, invoiced. `late`: a milestone whose date has passed.
CREATE TYPE invoicing.accounting_reason AS ENUM (
    'invoiced', 'after_cutoff', 'not_ready', 'class_not_included', 'on_a_draft', 'not_to_exceed', 'quarantined', 'late'
);
