-- On Citus the tables are spread by contract before any foreign key exists; on plain Postgres nothing happens. The run ledger and
-- the invoice numbers stay plain tables of the coordinator, so that they can be written at the end of a transaction over shards.
DO $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    FOREACH name IN ARRAY ARRAY['currency', 'customer', 'invoice_frequency', 'role', 'resource', 'resource_capacity', 'change',
                                'approval'] LOOP
        PERFORM create_reference_table(('invoicing.' || name)::regclass);
    END LOOP;
    PERFORM create_distributed_table('invoicing.project_contract', 'contract_id');
    FOREACH name IN ARRAY ARRAY['contract_customer', 'contract_line', 'contract_line_customer', 'opening_balance', 'schedule_row', 'milestone',
                                'retainer', 'transaction', 'billable', 'later_share', 'taken_share', 'posting',
                                'invoice', 'invoice_line', 'invoice_line_detail', 'invoice_change',
                                'approval_invoice', 'run_due_row', 'run_line', 'billing_exception'] LOOP
        PERFORM create_distributed_table(('invoicing.' || name)::regclass, 'contract_id',
                                         colocate_with => 'invoicing.project_contract');
    END LOOP;
END
$$;
