"""What the DAGs make, for DAGs of others that wait for it."""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias

# Events carry run_date, counts, and amounts by currency of the run that wrote the drafts and proved them.
DRAFT_INVOICES = Asset(name="draft_invoices", uri="postgres://invoicing_warehouse/invoicing/analytics/invoices")

# The outlet of close_run: through an alias, because a day without invoices makes no event.
WRITTEN_DRAFTS = AssetAlias("written_draft_invoices")
