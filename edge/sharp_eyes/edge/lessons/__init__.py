"""Lessons: candidates that the second look refused, kept on the gateway for whoever wants to see or learn from them."""
