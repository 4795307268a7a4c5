"""The tasks of the DAGs: each opens its transactions and calls one function of the package."""
