-- What only a confirmation does, nobody else does to a draft; and what is sealed takes nothing in. A confirmation gives the number and
-- the status, then posts and closes what is billed, and seals last.
CREATE FUNCTION invoicing.refuse_forgery() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'invoicing_migration' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of contract % cannot be made confirmed: only a confirmation does that', TG_TABLE_NAME, NEW.contract_id
        USING ERRCODE = 'restrict_violation', HINT = 'Confirm the invoice instead: invoicing confirm INVOICE.';
END
$$;

CREATE TRIGGER begin_as_draft BEFORE INSERT ON invoicing.invoice
FOR EACH ROW WHEN (
    new.status NOT IN ('draft', 'in_review')
    OR num_nonnulls(new.invoice_number, new.confirmed_at, new.contract_name, new.customer_name, new.seal) > 0
)
EXECUTE FUNCTION invoicing.refuse_forgery();

CREATE TRIGGER confirmed_as_a_whole BEFORE UPDATE ON invoicing.invoice
FOR EACH ROW WHEN (
    old.status IN ('draft', 'in_review')
    AND CASE
        WHEN new.status IN ('draft', 'in_review')
            THEN num_nonnulls(new.invoice_number, new.confirmed_at, new.contract_name, new.customer_name, new.seal) > 0
        ELSE
            new.status = 'paid'
            OR new.seal IS NOT NULL
            OR num_nulls(new.confirmed_at, new.contract_name, new.customer_name) > 0
            OR (new.invoice_number IS NULL AND new.chargeable_amount + new.tax_amount - new.retainer_applied_amount <> 0)
    END
)
EXECUTE FUNCTION invoicing.refuse_forgery();

CREATE FUNCTION invoicing.refuse_unnumbered() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'invoicing_migration' AND EXISTS (
        SELECT
        FROM written
        LEFT JOIN invoicing.invoice_number AS n
            ON written.invoice_number = n.invoice_number AND written.invoice_id = n.invoice_id
        WHERE
            written.status = 'confirmed'
            AND written.seal IS NULL
            AND n.invoice_number IS NULL
            AND (written.invoice_number IS NOT NULL OR written.total_amount <> 0)
    ) THEN
        RAISE EXCEPTION 'an invoice cannot be made confirmed with a number that it was not given'
            USING ERRCODE = 'restrict_violation', HINT = 'Confirm the invoice instead: invoicing confirm INVOICE.';
    END IF;
    RETURN NULL;
END
$$;

-- Lines and details.
CREATE FUNCTION invoicing.refuse_rows() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'invoicing_migration' AND EXISTS (
        SELECT
        FROM (SELECT DISTINCT contract_id, invoice_id, is_confirmed FROM written) AS taken
        INNER JOIN invoicing.invoice AS i ON taken.contract_id = i.contract_id AND taken.invoice_id = i.invoice_id
        WHERE i.seal IS NOT NULL OR taken.is_confirmed <> (i.status = 'confirmed')
    ) THEN
        RAISE EXCEPTION '%: a confirmed invoice takes nothing in, and only a confirmation makes it read-only', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', HINT = 'Correct the invoice instead: invoicing correct INVOICE.';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION invoicing.refuse_postings() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'invoicing_migration' AND EXISTS (
        SELECT
        FROM (SELECT DISTINCT contract_id, invoice_id FROM written) AS taken
        LEFT JOIN invoicing.invoice AS i ON taken.contract_id = i.contract_id AND taken.invoice_id = i.invoice_id
        WHERE (i.status = 'confirmed' AND i.seal IS NULL) IS NOT TRUE
    ) THEN
        RAISE EXCEPTION '%: only the confirmation of an invoice posts', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', HINT = 'Confirm the invoice, or correct it: invoicing correct INVOICE.';
    END IF;
    RETURN NULL;
END
$$;

-- Once a statement, over all that it wrote. Citus has triggers on rows only, and these read no table there: verify finds it, by the seal.
DO $$
DECLARE
    name text;
    event text;
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['invoice_line', 'invoice_line_detail'] LOOP
        FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE'] LOOP
            EXECUTE format(
                'CREATE TRIGGER keep_sealed_from_%s AFTER %s ON invoicing.%I REFERENCING NEW TABLE AS written'
                ' FOR EACH STATEMENT EXECUTE FUNCTION invoicing.refuse_rows()', lower(event), event, name
            );
        END LOOP;
    END LOOP;
    CREATE TRIGGER keep_sealed_from_insert AFTER INSERT ON invoicing.posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing.refuse_postings();
    CREATE TRIGGER numbered_first AFTER UPDATE ON invoicing.invoice REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing.refuse_unnumbered();
END
$$;
