"""The daily Process: find what is due, filter what is ready, write drafts, close the run; and the run ledger."""
