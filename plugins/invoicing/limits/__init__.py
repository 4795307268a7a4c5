"""Not-to-exceed limits: what they leave room for, and what they do not."""
