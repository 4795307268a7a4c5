"""The only code that knows Airflow: tasks, connection, retry policy, labels."""
