-- What a confirmation writes. `added`: an entry made by hand on a draft, which is no actual before it is confirmed.
ALTER TYPE invoicing.actual_kind ADD VALUE 'added';

-- What an actual is to the invoice line detail that it was written for: rebooked stands in for what was edited, billed_only
-- has no unbilled sales (fixed price), written_off is what a draft no longer bills, remainder what a correction takes back and
-- leaves to be billed again, ready_again a credited milestone.
CREATE TYPE invoicing.posting AS ENUM (
    'reversal', 'rebooked', 'rebooked_reversal', 'billed', 'billed_only',
    'written_off', 'written_off_reversal', 'written_off_billed', 'remainder', 'ready_again'
);

-- detail_id: the detail, of the invoice in invoice_id, whose confirmation wrote the actual.
ALTER TABLE invoicing.actual ADD COLUMN posting invoicing.posting;

ALTER TABLE invoicing.actual ADD COLUMN detail_id bigint;

-- The actuals that an invoice wrote, which its corrections take back.
CREATE INDEX ix_actual_billed ON invoicing.actual (contract_id, invoice_id, detail_id) WHERE posting IN ('billed', 'billed_only');

-- A milestone that was credited has a second share, which replaces what was billed.
DROP INDEX invoicing.uq_actual_milestone_share;

CREATE UNIQUE INDEX uq_actual_milestone_share ON invoicing.actual (contract_id, milestone_id, customer_id)
WHERE kind = 'milestone' AND replaces_actual_id IS NULL;
