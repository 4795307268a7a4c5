-- On Citus the new tables are spread as the others are; on plain Postgres nothing happens.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    PERFORM create_reference_table('invoicing.invoice_number_series'::regclass);
    PERFORM create_distributed_table('invoicing.invoice_change'::regclass, 'contract_id',
                                     colocate_with => 'invoicing.project_contract');
END
$$;
