"""What a replay showed, as a page: scores, measures against their limits, and events along the time."""
