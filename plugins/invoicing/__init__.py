"""Batch invoicing of project contracts. Airflow is known in `invoicing.airflow` alone."""
