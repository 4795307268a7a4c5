-- What is confirmed stays as it is, no matter who tries: only the role invoicing_migration may change it. The role belongs to the
-- whole server: it may exist already, or be made by a migration of another database at this very moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'invoicing_migration') THEN
        CREATE ROLE invoicing_migration NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE insufficient_privilege USING MESSAGE =
            'the role invoicing_migration is missing, and this user may not make it; have it made: CREATE ROLE invoicing_migration';
END
$$;

GRANT USAGE ON SCHEMA invoicing TO invoicing_migration;

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA invoicing TO invoicing_migration;

CREATE FUNCTION invoicing.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'invoicing_migration' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_LEVEL = 'STATEMENT' THEN
        RAISE EXCEPTION '% cannot be emptied: it holds what was confirmed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', HINT = 'Only the role invoicing_migration may.';
    END IF;
    RAISE EXCEPTION '% of contract % is confirmed and cannot be changed', TG_TABLE_NAME, OLD.contract_id
        USING ERRCODE = 'restrict_violation', HINT = 'Correct the invoice instead: invoicing correct INVOICE.';
END
$$;

CREATE TRIGGER keep_confirmed BEFORE DELETE ON invoicing.invoice
FOR EACH ROW WHEN (old.status IN ('confirmed', 'paid'))
EXECUTE FUNCTION invoicing.refuse_change();

-- A confirmed invoice is sealed once, may become paid, which is a new version, and changes in nothing else.
CREATE TRIGGER keep_confirmed_as_it_is BEFORE UPDATE ON invoicing.invoice
FOR EACH ROW WHEN (
    old.status IN ('confirmed', 'paid')
    AND (
        (new.status <> old.status AND new.status <> 'paid')
        OR (old.seal IS NOT NULL AND old.seal IS DISTINCT FROM new.seal)
        OR (
            old.contract_id, old.invoice_id, old.customer_id, old.currency, old.run_date, old.origin, old.is_edited,
            old.invoice_number, old.corrects_invoice_id, old.chargeable_amount, old.non_chargeable_amount,
            old.complimentary_amount, old.tax_amount, old.retainer_applied_amount, old.created_at, old.confirmed_at,
            old.contract_name, old.customer_name
        ) IS DISTINCT FROM (
            new.contract_id, new.invoice_id, new.customer_id, new.currency, new.run_date, new.origin, new.is_edited,
            new.invoice_number, new.corrects_invoice_id, new.chargeable_amount, new.non_chargeable_amount,
            new.complimentary_amount, new.tax_amount, new.retainer_applied_amount, new.created_at, new.confirmed_at,
            new.contract_name, new.customer_name
        )
    )
)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE TRIGGER keep_confirmed BEFORE UPDATE OR DELETE ON invoicing.invoice_line
FOR EACH ROW WHEN (old.is_confirmed)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE TRIGGER keep_confirmed BEFORE UPDATE OR DELETE ON invoicing.invoice_line_detail
FOR EACH ROW WHEN (old.is_confirmed)
EXECUTE FUNCTION invoicing.refuse_change();

-- What was billed stays as it was billed.
CREATE TRIGGER keep_billed BEFORE UPDATE ON invoicing.billable
FOR EACH ROW WHEN (old.state = 'billed' AND old IS DISTINCT FROM new)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing.posting
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_change();

CREATE FUNCTION invoicing.refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'invoicing_migration' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION '% is append-only: what was done cannot be rewritten', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Only the role invoicing_migration may.';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing.invoice_change
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing.change
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing.invoice_number
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoicing.approval_invoice
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

CREATE TRIGGER append_only BEFORE DELETE ON invoicing.approval
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

-- An approval is answered once, and nothing else of it changes.
CREATE TRIGGER answered_once BEFORE UPDATE ON invoicing.approval
FOR EACH ROW WHEN (
    old.answer IS NOT NULL
    OR (old.approval_id, old.change_id, old.is_asker_known) IS DISTINCT FROM (new.approval_id, new.change_id, new.is_asker_known)
)
EXECUTE FUNCTION invoicing.refuse_rewriting();

-- Citus has triggers on rows only.
DO $$
DECLARE
    name text;
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['invoice', 'invoice_line', 'invoice_line_detail', 'billable', 'posting', 'invoice_change',
                                'change', 'invoice_number', 'approval', 'approval_invoice'] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_all BEFORE TRUNCATE ON invoicing.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION invoicing.refuse_change()', name
        );
    END LOOP;
END
$$;
