"""Retention: what is deleted when its term has ended, and what is never deleted before."""
