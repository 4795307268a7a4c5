"""What a contract says of when, to whom and how much is billed."""
