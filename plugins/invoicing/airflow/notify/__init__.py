"""What people are told of a run: its note, alerts, figures."""
