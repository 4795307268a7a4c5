"""What stands in the pages of Airflow: labels, assets, links, addresses, pages of our own."""
