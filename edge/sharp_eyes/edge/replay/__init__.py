"""Replaying recordings: the rooms of a running gateway, driven by the recording itself."""
