-- Approvals that confirmations need. Who asked and who answered, and when, say the changes; is_asker_known: whether the asker is a
-- person. Answered once. Copied to every node of a cluster.
CREATE TABLE invoicing.approval (
    approval_id bigint GENERATED ALWAYS AS IDENTITY,
    change_id bigint NOT NULL,
    is_asker_known boolean NOT NULL,
    answer text,
    answer_change_id bigint,
    reason text,
    CONSTRAINT pk_approval PRIMARY KEY (approval_id),
    CONSTRAINT ck_approval_answer CHECK (answer IN ('approved', 'rejected')),
    CONSTRAINT ck_approval_answered CHECK ((answer IS NULL) = (answer_change_id IS NULL))
);

-- The drafts that an approval is about, as they were when it was asked for. An approval is of a version: a draft that is changed
-- has another one.
CREATE TABLE invoicing.approval_invoice (
    contract_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    version bigint NOT NULL,
    approval_id bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    total_amount numeric NOT NULL,
    CONSTRAINT pk_approval_invoice PRIMARY KEY (contract_id, invoice_id, version, approval_id)
);

CREATE INDEX ix_approval_invoice_approval ON invoicing.approval_invoice (approval_id);
