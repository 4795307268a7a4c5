"""Data in: folders of CSV and Parquet files, checked as a whole and taken over all or nothing."""
