-- Parents of rows that carry no foreign key cannot go away or change their key. The triggers read no table, so that they
-- work on a distributed warehouse too, and cost nothing while a day is invoiced.
CREATE FUNCTION invoicing.refuse_removal() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % cannot be deleted or re-keyed: invoices refer to it', TG_TABLE_NAME, OLD.contract_id
        USING ERRCODE = 'foreign_key_violation',
              HINT = 'Cancel the transaction in the source (billing_status = canceled) and load it again.';
END
$$;

CREATE TRIGGER keep_billable BEFORE DELETE ON invoicing.billable
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_removal();

CREATE TRIGGER keep_billable_key BEFORE UPDATE ON invoicing.billable
FOR EACH ROW WHEN (
    (old.contract_id, old.billable_id) IS DISTINCT FROM (new.contract_id, new.billable_id)
)
EXECUTE FUNCTION invoicing.refuse_removal();

CREATE TRIGGER keep_transaction BEFORE DELETE ON invoicing.transaction
FOR EACH ROW EXECUTE FUNCTION invoicing.refuse_removal();

CREATE TRIGGER keep_transaction_key BEFORE UPDATE ON invoicing.transaction
FOR EACH ROW WHEN (
    (old.contract_id, old.transaction_id) IS DISTINCT FROM (new.contract_id, new.transaction_id)
)
EXECUTE FUNCTION invoicing.refuse_removal();

-- A line keeps the count of its details: one that has any is not deleted.
CREATE TRIGGER keep_invoice_line BEFORE DELETE ON invoicing.invoice_line
FOR EACH ROW WHEN (old.detail_count > 0)
EXECUTE FUNCTION invoicing.refuse_removal();

CREATE TRIGGER keep_invoice_line_key BEFORE UPDATE ON invoicing.invoice_line
FOR EACH ROW WHEN (
    (old.contract_id, old.invoice_id, old.contract_line_id)
    IS DISTINCT FROM (new.contract_id, new.invoice_id, new.contract_line_id)
)
EXECUTE FUNCTION invoicing.refuse_removal();
