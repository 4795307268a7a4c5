-- Analysts read the views and nothing else. The role belongs to the whole server: it may exist already, or be made by a
-- migration of another database at this very moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'invoicing_analyst') THEN
        CREATE ROLE invoicing_analyst NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE insufficient_privilege USING MESSAGE =
            'the role invoicing_analyst is missing, and this user may not make it; have it made: CREATE ROLE invoicing_analyst';
END
$$;

REVOKE ALL ON SCHEMA invoicing FROM public;

GRANT USAGE ON SCHEMA analytics TO invoicing_analyst;

-- The schema may hold what others put there, which is theirs to grant.
GRANT SELECT ON
analytics.actuals,
analytics.approvals,
analytics.billing_exceptions,
analytics.contracts,
analytics.customers,
analytics.forecast,
analytics.invoice_changes,
analytics.invoice_line_details,
analytics.invoice_lines,
analytics.invoice_runs,
analytics.invoice_schedule,
analytics.invoices,
analytics.limits,
analytics.milestones,
analytics.role_utilization,
analytics.run_accounting,
analytics.run_amounts,
analytics.unbilled_backlog
TO invoicing_analyst;

COMMENT ON SCHEMA analytics IS 'Views that analysts may rely on; they change only on purpose, with a note in CHANGELOG.md.';
COMMENT ON SCHEMA invoicing IS 'Tables of the invoicing package; private, ask the views in analytics instead.';

-- Nodes of Citus ask who it is that reads, not who owns the view. So analysts may read what the nodes hold, but on the coordinator,
-- where people ask, no table by its name.
DO $$
DECLARE
    spread regclass;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA invoicing TO invoicing_analyst;
    FOR spread IN SELECT logicalrelid FROM pg_catalog.pg_dist_partition LOOP
        EXECUTE format('GRANT SELECT ON %s TO invoicing_analyst', spread);
    END LOOP;
    SET LOCAL citus.enable_ddl_propagation = off;
    FOR spread IN SELECT logicalrelid FROM pg_catalog.pg_dist_partition LOOP
        EXECUTE format('REVOKE SELECT ON %s FROM invoicing_analyst', spread);
    END LOOP;
    SET LOCAL citus.enable_ddl_propagation = on;
END
$$;
