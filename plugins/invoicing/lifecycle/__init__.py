"""The life of an invoice after its draft: created by hand, edited, confirmed, paid, corrected; and the backlog before it."""
