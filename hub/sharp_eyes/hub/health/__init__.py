"""Which part of the hub is ill, since when, and why."""
