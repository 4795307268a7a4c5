-- What is confirmed stays as it is, whoever tries: only the role invoicing_migration may change it. The role belongs to the
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

-- A confirmed invoice may become paid, and nothing else.
CREATE TRIGGER keep_confirmed_as_it_is BEFORE UPDATE ON invoicing.invoice
FOR EACH ROW WHEN (
    old.status IN ('confirmed', 'paid')
    AND (
        (new.status <> old.status AND new.status <> 'paid')
        OR (
            old.contract_id, old.invoice_id, old.customer_id, old.currency, old.run_date, old.origin, old.invoice_number,
            old.number_series, old.number_in_series, old.content_hash, old.corrects_invoice_id, old.chargeable_amount,
            old.non_chargeable_amount, old.complimentary_amount, old.tax_amount, old.retainer_applied_amount, old.created_at,
            old.edited_at, old.confirmed_at
        ) IS DISTINCT FROM (
            new.contract_id, new.invoice_id, new.customer_id, new.currency, new.run_date, new.origin, new.invoice_number,
            new.number_series, new.number_in_series, new.content_hash, new.corrects_invoice_id, new.chargeable_amount,
            new.non_chargeable_amount, new.complimentary_amount, new.tax_amount, new.retainer_applied_amount, new.created_at,
            new.edited_at, new.confirmed_at
        )
    )
)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE TRIGGER keep_confirmed BEFORE UPDATE OR DELETE ON invoicing.invoice_line
FOR EACH ROW WHEN (old.confirmed)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE TRIGGER keep_confirmed BEFORE UPDATE OR DELETE ON invoicing.invoice_line_detail
FOR EACH ROW WHEN (old.confirmed)
EXECUTE FUNCTION invoicing.refuse_change();

-- A posted actual may become adjusted, when it is corrected, and nothing else. None is ever deleted (migration 0001).
CREATE TRIGGER keep_confirmed BEFORE UPDATE ON invoicing.actual
FOR EACH ROW WHEN (
    old.billing_status = 'invoice_posted'
    AND (
        (
            old.contract_id, old.actual_id, old.contract_line_id, old.customer_id, old.transaction_id, old.milestone_id,
            old.kind, old.transaction_class, old.billing_type, old.billing_status, old.transaction_date, old.quantity,
            old.unit_price, old.amount, old.tax_amount, old.recorded_at, old.reverses_actual_id, old.replaces_actual_id,
            old.invoice_id, old.posting, old.detail_id
        ) IS DISTINCT FROM (
            new.contract_id, new.actual_id, new.contract_line_id, new.customer_id, new.transaction_id, new.milestone_id,
            new.kind, new.transaction_class, new.billing_type, new.billing_status, new.transaction_date, new.quantity,
            new.unit_price, new.amount, new.tax_amount, new.recorded_at, new.reverses_actual_id, new.replaces_actual_id,
            new.invoice_id, new.posting, new.detail_id
        )
        OR (
            new.adjustment_status IS DISTINCT FROM old.adjustment_status
            AND (old.adjustment_status IS NOT NULL OR new.adjustment_status <> 'adjusted')
        )
    )
)
EXECUTE FUNCTION invoicing.refuse_change();

CREATE FUNCTION invoicing.refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'invoicing_migration' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'what was done to the invoices of contract % cannot be rewritten', OLD.contract_id
        USING ERRCODE = 'restrict_violation', HINT = 'Only the role invoicing_migration may.';
END
$$;

CREATE TRIGGER keep_change BEFORE UPDATE OR DELETE ON invoicing.invoice_change
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_rewriting();

-- Citus has triggers on rows only.
DO $$
DECLARE
    name text;
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['invoice', 'invoice_line', 'invoice_line_detail', 'actual', 'invoice_change'] LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_all BEFORE TRUNCATE ON invoicing.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION invoicing.refuse_change()', name
        );
    END LOOP;
END
$$;

-- What of a row must never change once it is confirmed, as text; the hash of an invoice is made of these.
CREATE FUNCTION invoicing.content_of(content invoicing.invoice) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_array(
        content.contract_id, content.customer_id, content.currency, content.run_date, content.origin, content.invoice_number,
        content.corrects_invoice_id, content.chargeable_amount, content.non_chargeable_amount, content.complimentary_amount,
        content.tax_amount, content.retainer_applied_amount
    )::text
$$;

CREATE FUNCTION invoicing.content_of(content invoicing.invoice_line_detail) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_array(
        content.actual_id, content.contract_line_id, content.billing_type, content.quantity, content.unit_price,
        content.amount, content.tax_amount, content.original_quantity, content.description, content.role_id, content.resource_id
    )::text
$$;

CREATE FUNCTION invoicing.content_of(content invoicing.actual) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_array(
        content.actual_id, content.contract_line_id, content.customer_id, content.transaction_id, content.milestone_id,
        content.kind, content.posting, content.transaction_class, content.transaction_date, content.billing_type,
        content.quantity, content.unit_price, content.amount, content.tax_amount, content.reverses_actual_id,
        content.replaces_actual_id
    )::text
$$;
