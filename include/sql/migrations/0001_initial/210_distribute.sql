-- On Citus the tables are spread by contract before any foreign key exists; on plain Postgres nothing happens.
DO $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['currency', 'customer', 'invoice_frequency', 'role', 'resource', 'resource_capacity',
                                'invoice_run', 'run_accounting'] LOOP
        PERFORM create_reference_table(('invoicing.' || name)::regclass);
    END LOOP;
    PERFORM create_distributed_table('invoicing.project_contract', 'contract_id');
    FOREACH name IN ARRAY ARRAY['contract_customer', 'contract_line', 'contract_line_customer', 'invoice_schedule',
                                'milestone', 'retainer', 'transaction', 'actual', 'invoice', 'invoice_line',
                                'invoice_line_detail', 'run_due_line', 'run_selection', 'run_invoice_line',
                                'billing_exception'] LOOP
        PERFORM create_distributed_table(('invoicing.' || name)::regclass, 'contract_id',
                                         colocate_with => 'invoicing.project_contract');
    END LOOP;
END
$$;
