"""What was done, by whom, for which request: changes; and the runs of the daily Process with their attempts."""
