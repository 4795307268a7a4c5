"""The only code that knows Airflow: tasks, what people are told of them, what stands in its pages."""
