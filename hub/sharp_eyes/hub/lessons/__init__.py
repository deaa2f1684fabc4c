"""What people said of alarms: counted by place, given out to learn from, and turned into other thresholds."""
