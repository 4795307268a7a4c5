-- Purpose: throw away what the steps of earlier runs left for each other.
-- Parameters: none.
-- Grain: three tables.
-- May be repeated: yes. Only under the writer lock, by the run that holds the lease.
TRUNCATE invoicing.run_due_line, invoicing.run_selection, invoicing.run_invoice_line
