"""Joining a hub with a one-time code: name, password, the hub's authority and settings, and no file is copied."""
