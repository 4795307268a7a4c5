-- A run writes its drafts in `buckets` parts; `written_buckets` are the parts that stand.
ALTER TABLE invoicing.invoice_run
ADD COLUMN buckets smallint NOT NULL DEFAULT 1,
ADD COLUMN written_buckets smallint[] NOT NULL DEFAULT '{}',
ADD CONSTRAINT ck_invoice_run_buckets CHECK (buckets BETWEEN 1 AND 64);

-- A contract's slot, of 64; a bucket is a range of slots (invoicing.process.buckets). Stored, so that the planner knows how
-- many rows a range has.
ALTER TABLE invoicing.run_due_line
ADD COLUMN slot smallint NOT NULL
GENERATED ALWAYS AS (abs(mod(hashtextextended(contract_id, 0), 64))) STORED;

ALTER TABLE invoicing.run_selection
ADD COLUMN slot smallint NOT NULL
GENERATED ALWAYS AS (abs(mod(hashtextextended(contract_id, 0), 64))) STORED;

ALTER TABLE invoicing.run_invoice_line
ADD COLUMN slot smallint NOT NULL
GENERATED ALWAYS AS (abs(mod(hashtextextended(contract_id, 0), 64))) STORED;
