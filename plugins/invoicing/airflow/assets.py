"""What the DAGs make, for DAGs of others that wait for it."""

from __future__ import annotations

from airflow.sdk import Asset

# Events carry run_date, invoices, details and chargeable_amount of the run that wrote the drafts.
DRAFT_INVOICES = Asset(name="draft_invoices", uri="postgres://invoicing_warehouse/invoicing/analytics/invoices")
