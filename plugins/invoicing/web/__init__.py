"""Pages for people, which the api-server of Airflow shows. They know nothing of Airflow, and change nothing."""
