"""The one driver of all tests of the domain: builds through a load, acts by the public functions, reads analytics, damages."""
