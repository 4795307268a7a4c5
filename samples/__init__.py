"""Sample source data in the native format: `adatum/` by hand, `agency/` generated."""
